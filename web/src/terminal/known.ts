/** What the page asks of the service beside the socket, and keeps for when nobody answers. */

import type { Words } from "../texts";

export interface Warehouse {
  code: string;
  name: string;
}

export interface Known {
  /** Whether a scan may be given a quantity in picking; at tallies it always may. */
  takesQuantities: boolean;
  /** The words for why something is refused. */
  words: Words;
  warehouses: readonly Warehouse[];
}

export const UNKNOWN: Known = { takesQuantities: true, words: {}, warehouses: [] };

/** A delivery that was announced, or that somebody began to receive. */
export interface Delivery {
  id: string;
  reference: string;
  supplier: string;
  isBegun: boolean;
  /** Who receives it now. */
  owner: string | null;
  /** How many lines were announced. */
  lines: number;
}

/** A shelf whose count was begun. */
export interface Shelf {
  /** Of the count. */
  id: string;
  location: string;
  warehouse: string;
  /** Who counts it now. */
  owner: string | null;
  lines: number;
}

export interface ServiceReads {
  known: () => Promise<Known>;
  /** Those to be received, the newest first. */
  deliveries: () => Promise<Delivery[]>;
  /** Those whose count is open. */
  shelves: () => Promise<Shelf[]>;
}

/** What an earlier page kept over what is taken for granted. */
export function knownOf(kept: unknown): Known {
  return typeof kept === "object" && kept !== null ? { ...UNKNOWN, ...kept } : UNKNOWN;
}
