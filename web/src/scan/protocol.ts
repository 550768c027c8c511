/** The messages of `/ws/scan`: their shapes, and reading those that come in. */

import { type Fields, isFields, type LineId, lineOf, listOf, wordOf, wordsOf } from "./fields";
import { type TrackedGoods, trackedGoodsOf } from "./noted";
import { type Lacking, lackingOf, type TallyMessage, type TallyState, tallyOf } from "./tally";

export type { LineId } from "./fields";
export type { Tracking } from "./noted";

export type Mode = "pick" | "cluster" | "check";
export type Rest = "keep" | "release";

/** What becomes of an operation; the catalogue of the page has words, colour and sound for each. */
export const OUTCOMES = [
  "counted",
  "over",
  "not_in_order",
  "unknown_code",
  "ambiguous_code",
  "order_cancelled",
  "serial_needed",
  "lot_needed",
  "serial_used",
  "serial_elsewhere",
  "owned_by_other",
  "no_session",
  "undone",
  "nothing_to_undo",
  "skipped",
  "put_back",
  "short_picked",
  "completed",
  "incomplete",
  "surplus",
  "unexpected",
  "astray",
  "bundle",
  "not_goods",
  "no_tally",
  "set",
  "left",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type OperationMessage =
  | { type: "next" }
  | { type: "open"; orders: string[]; mode: Mode }
  | {
      type: "scan";
      code: string;
      at: string;
      quantity?: string;
      serial?: string;
      lot?: string;
    }
  | { type: "undo" }
  | { type: "skip"; line: LineId }
  | { type: "put_back"; line: LineId; quantity: string }
  | {
      type: "short";
      line: LineId;
      quantity: string;
      reason: string;
      rest: Rest;
    }
  | { type: "take_over"; order: string }
  | { type: "complete" }
  | TallyMessage;

export interface Line extends TrackedGoods {
  line: LineId;
  product: string | null;
  code: string;
  name: string;
  image: string | null;
  location: string | null;
  ordered: string;
  picked: string;
  short_picked: string;
  to_put_back: string;
  skipped: boolean;
}

export interface PickedOrder {
  order: string;
  number: string;
  bin: string | null;
  status: string;
  lines: Line[];
}

export interface SessionState {
  session: string;
  mode: Mode;
  /** Whether it goes on: a session that was completed or left is told once more, for the last time. */
  isOpen: boolean;
  orders: PickedOrder[];
  /** The one way past all lines, by their numbers; empty where the service says none. */
  walk: LineId[];
  /** The terminal it is picked at, and who picks; null where the service does not say. */
  owner: string | null;
  ownerName: string | null;
  version: number;
}

export interface Result {
  op: string;
  outcome: string;
  order: string | null;
  name: string | null;
  line: LineId | null;
  picked: string | null;
  ordered: string | null;
  bin: string | null;
  owner: string | null;
  ownerName: string | null;
  /** The number of an order or a parcel, where that was scanned for goods. */
  found: string | null;
  /** The number of the order that has the serial number in hand. */
  heldBy: string | null;
  /** Of a line of a tally. */
  counted: string | null;
  expected: string | null;
  /** The lines of a tally that is not complete. */
  lines: Lacking[];
}

export type ServerMessage =
  | {
      type: "welcome";
      terminal: string;
      session: string | null;
      tally: string | null;
      name: string | null;
    }
  | { type: "state"; op: string | null; state: SessionState | null }
  | { type: "tally"; op: string | null; tally: TallyState | null }
  | { type: "result"; result: Result }
  | { type: "lost"; to: string; tally: string | null }
  | { type: "error"; op: string | null; reason: string; about: Record<string, string> }
  | { type: "ping" }
  | { type: "pong" };

/** Read a message of the server; null where it is none that is known here. */
export function readMessage(text: unknown): ServerMessage | null {
  if (typeof text !== "string") return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isFields(value)) return null;
  switch (value.type) {
    case "welcome":
      return {
        type: "welcome",
        terminal: wordOf(value.terminal) ?? "",
        session: sessionOf(value.session),
        tally: wordOf(value.tally),
        name: wordOf(value.name),
      };
    case "state":
      return { type: "state", op: wordOf(value.op), state: stateOf(value) };
    case "tally":
      return { type: "tally", op: wordOf(value.op), tally: tallyOf(value) };
    case "result":
      return resultOf(value);
    case "lost":
      return { type: "lost", to: wordOf(value.to) ?? "", tally: wordOf(value.tally) };
    case "error":
      return {
        type: "error",
        op: wordOf(value.op),
        reason: wordOf(value.reason) ?? "",
        about: wordsOf(value),
      };
    case "ping":
    case "pong":
      return { type: value.type };
    default:
      return null;
  }
}

function resultOf(value: Fields): ServerMessage | null {
  const op = wordOf(value.op);
  const outcome = wordOf(value.outcome);
  if (op === null || outcome === null) return null;
  const result = {
    op,
    outcome,
    order: wordOf(value.order),
    name: wordOf(value.name),
    line: lineOf(value.line),
    picked: wordOf(value.picked),
    ordered: wordOf(value.ordered),
    bin: wordOf(value.bin),
    owner: wordOf(value.owner),
    ownerName: wordOf(value.owner_name),
    found: wordOf(value.found),
    heldBy: wordOf(value.held_by),
    counted: wordOf(value.counted),
    expected: wordOf(value.expected),
    lines: lackingOf(value.lines),
  };
  return { type: "result", result };
}

function stateOf(value: Fields): SessionState | null {
  const session = wordOf(value.session);
  if (session === null || !Array.isArray(value.orders)) return null;
  return {
    session,
    mode: value.mode === "cluster" || value.mode === "check" ? value.mode : "pick",
    isOpen: value.state === undefined || value.state === "open",
    orders: listOf(value.orders, orderOf),
    walk: Array.isArray(value.walk) ? value.walk.map(lineOf).filter((one) => one !== null) : [],
    owner: wordOf(value.owner),
    ownerName: wordOf(value.owner_name),
    version: typeof value.version === "number" ? value.version : 0,
  };
}

function orderOf(value: Fields): PickedOrder {
  const order = wordOf(value.order) ?? "";
  return {
    order,
    number: wordOf(value.number) ?? order,
    bin: wordOf(value.bin),
    status: wordOf(value.status) ?? "",
    lines: listOf(value.lines, lineShown),
  };
}

function lineShown(value: Fields): Line {
  return {
    line: lineOf(value.line) ?? "",
    product: wordOf(value.product),
    code: wordOf(value.code) ?? "",
    name: wordOf(value.name) ?? "",
    image: wordOf(value.image),
    location: wordOf(value.location),
    ordered: wordOf(value.ordered) ?? "0",
    picked: wordOf(value.picked) ?? "0",
    short_picked: wordOf(value.short_picked) ?? "0",
    to_put_back: wordOf(value.to_put_back) ?? "0",
    skipped: value.skipped === true,
    ...trackedGoodsOf(value),
  };
}

function sessionOf(value: unknown): string | null {
  return isFields(value) ? wordOf(value.session) : wordOf(value);
}
