/** What a terminal is made from. */

import type { Wrapping } from "../scan/codes";
import type { Kind } from "../scan/feedback";
import type { Socket } from "../scan/link";
import type { OperationStore } from "../scan/operations";
import type { Mode } from "../scan/protocol";
import type { Task } from "../scan/tasks";
import type { ServiceReads } from "./known";

/** The store of operations, and of what the page showed last. */
export interface TerminalStore extends OperationStore {
  recall(name: string): Promise<unknown>;
  keep(name: string, value: unknown): Promise<void>;
}

export interface TerminalOptions {
  store: TerminalStore;
  openSocket: () => Socket;
  newId: () => string;
  random: () => number;
  now: () => Date;
  terminal: () => string;
  /** The token of a paired terminal; empty where it is not paired. */
  pairing: () => string;
  service: ServiceReads;
  task: () => Task;
  mode: () => Mode;
  /** The code of the warehouse that was chosen; empty where there is no choice. */
  warehouse: () => string;
  wrapping: () => Wrapping;
  repeatWindowMs: () => number;
  /** End the person's session. */
  signOut: () => Promise<void>;
  /** Sound and vibration. */
  express: (kind: Kind) => void;
}
