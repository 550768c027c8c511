/** Goods counted at a terminal: a delivery as it comes in, or what lies on one shelf. */

import { type Fields, type LineId, lineOf, listOf, wordOf } from "./fields";
import { type TrackedGoods, trackedGoodsOf } from "./noted";
import { milli } from "./quantities";

export type TallyKind = "reception" | "count";
/** What is out of the ordinary with a line. */
export const FLAGS = ["surplus", "unexpected", "astray", "moved"] as const;
export type Flag = (typeof FLAGS)[number];
/** Why a tally cannot be completed as it is. */
export const LACKS = ["missing", "uncounted", "moved", "refused"] as const;
export type Lack = (typeof LACKS)[number];

export type TallyMessage =
  | { type: "receive"; reception: string }
  | { type: "receive"; reference: string; supplier?: string; warehouse?: string }
  | { type: "count"; location: string; warehouse?: string }
  | { type: "set"; line: LineId; quantity: string }
  | { type: "take_over"; tally: string }
  | { type: "leave" }
  | { type: "complete"; accept_missing?: true };

export interface TallyLine extends TrackedGoods {
  line: LineId;
  product: string | null;
  code: string;
  name: string;
  image: string | null;
  location: string | null;
  /** What was announced; null where nothing was, or where it is not told to whoever counts. */
  expected: string | null;
  /** Null until it was counted. */
  counted: string | null;
  flag: Flag | null;
}

export interface TallyState {
  tally: string;
  kind: TallyKind;
  /** Whether it goes on. */
  isOpen: boolean;
  reference: string | null;
  supplier: string | null;
  location: string | null;
  /** The terminal it is counted at; null where nobody has it. */
  terminal: string | null;
  ownerName: string | null;
  version: number;
  lines: TallyLine[];
}

/** A line that keeps its tally from being complete. */
export interface Lacking {
  line: LineId;
  /** One of LACKS, or a word of a newer service. */
  why: string;
}

export interface TallyProgress {
  done: number;
  all: number;
}

/** Null where the message says that none is open. */
export function tallyOf(value: Fields): TallyState | null {
  const tally = wordOf(value.tally);
  if (tally === null) return null;
  return {
    tally,
    kind: value.kind === "count" ? "count" : "reception",
    isOpen: value.state === "open",
    reference: wordOf(value.reference),
    supplier: wordOf(value.supplier),
    location: wordOf(value.location),
    terminal: wordOf(value.terminal),
    ownerName: wordOf(value.owner_name) || null,
    version: typeof value.version === "number" ? value.version : 0,
    lines: listOf(value.lines, tallyLineOf),
  };
}

export function lackingOf(value: unknown): Lacking[] {
  return listOf(value, (one) => ({ line: lineOf(one.line) ?? "", why: wordOf(one.why) ?? "" }));
}

function tallyLineOf(value: Fields): TallyLine {
  return {
    line: lineOf(value.line) ?? "",
    product: wordOf(value.product),
    code: wordOf(value.code) ?? "",
    name: wordOf(value.name) ?? "",
    image: wordOf(value.image),
    location: wordOf(value.location),
    expected: wordOf(value.expected),
    counted: wordOf(value.counted),
    flag: FLAGS.find((one) => one === value.flag) ?? null,
    ...trackedGoodsOf(value),
  };
}

/** Whether nothing more has to be counted of it, as far as the page is told. */
export function isDone({ expected, counted, flag }: TallyLine): boolean {
  if (counted === null || flag === "moved") return false;
  return expected === null || milli(counted) >= milli(expected);
}

export function progressOf({ lines }: TallyState): TallyProgress {
  return { done: lines.filter(isDone).length, all: lines.length };
}

/** By its number, which may come as a text. */
export function lineIn(tally: TallyState | null, line: LineId | null): TallyLine | null {
  if (line === null) return null;
  return tally?.lines.find((one) => String(one.line) === String(line)) ?? null;
}
