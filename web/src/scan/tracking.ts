/**
 * Goods of which a lot or a serial number is noted: which scans must ask for it, and what counts
 * as one. The service decides the same; this is for asking at once, with a connection or without.
 */

import type { TrackedGoods, Tracking } from "./noted";
import type { Operation } from "./operations";
import type { Line, SessionState } from "./protocol";
import { milli } from "./quantities";
import type { TallyLine, TallyState } from "./tally";
import { isCancelled } from "./walk";

/** What is asked for before a scan counts. */
export interface Asked {
  tracking: Exclude<Tracking, "none">;
  code: string;
  quantity: string | null;
  name: string;
  /** All that the goods are scanned by; their own code is no number of theirs. */
  codes: readonly string[];
}

/** What is being scanned into: a picking session, or goods that are counted. */
export interface Work {
  lines: readonly (Line | TallyLine)[];
  /** Those that a scan may count on. */
  open: readonly (Line | TallyLine)[];
  isOf: (operation: Operation) => boolean;
}

/** What the service takes for a number. */
export const LONGEST_NUMBER = 200;

interface Message {
  gtin: string;
  serial: string;
  lot: string;
}

const MARKS = /^\](?:C1|d2|e0|Q3|J1)/;
const SEPARATOR = "\u001d";
const GTIN_FIRST = /^0[12]\d{14}/;
const LINK = /^https?:\/\//i;
const BRACKETED = /\((\d{2,4})\)([^(]*)/g;
/** How long fields of these identifiers are with them; all others end with a separator. */
const LENGTHS: Readonly<Record<string, number>> = {
  ...{ "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16 },
  ...Object.fromEntries(
    ["11", "12", "13", "14", "15", "16", "17", "18", "19"].map((ai) => [ai, 8]),
  ),
  ...Object.fromEntries(["31", "32", "33", "34", "35", "36"].map((ai) => [ai, 10])),
};
const GTIN_LENGTHS = new Set([8, 11, 12, 13, 14]);

export function pickingOf({ session, orders }: SessionState): Work {
  const alive = orders.filter((order) => !isCancelled(order)).flatMap((order) => order.lines);
  return {
    lines: orders.flatMap((order) => order.lines),
    open: alive.filter((line) => milli(line.picked) < milli(line.ordered)),
    isOf: (operation) => operation.session === session,
  };
}

export function tallyingOf({ tally, lines }: TallyState): Work {
  return { lines, open: lines, isOf: (operation) => operation.tally === tally };
}

/** The open line whose goods have this code and need a number with each scan. */
export function trackedLine({ open }: Work, code: string): Line | TallyLine | null {
  const keys = keysIn(code);
  return open.find((line) => isTracked(line.tracking) && hasCode(line.codes, keys)) ?? null;
}

export function isTracked(tracking: Tracking): tracking is Asked["tracking"] {
  return tracking === "lot" || tracking === "serial";
}

/** Whether the code tells the number itself, as a GS1 message may. */
export function tellsNumber(code: string, tracking: Tracking): boolean {
  const message = readGs1(code);
  return message !== null && numberOf(message, tracking) !== "";
}

/** The number in what was scanned or typed for it; empty where that is none of these goods. */
export function numberIn(text: string, { tracking, codes }: Asked): string {
  const message = readGs1(text);
  if (!message) return hasCode(codes, [keyOf(text)]) ? "" : text.trim();
  // where it is not known what they are scanned by, the service tells
  const isOfThese = codes.length === 0 || hasCode(codes, [keyOf(message.gtin)]);
  return isOfThese ? numberOf(message, tracking) : "";
}

/**
 * Whether the serial number is surely in hand already: in the lines as they were shown last, or in
 * scans that wait. What an undo, a put-back or a set that waits may have freed is not sure.
 */
export function isSerialUsed(
  serial: string,
  asked: Asked,
  work: Work,
  waiting: readonly Operation[],
): boolean {
  const pending: string[] = [];
  let isShownSure = true;
  for (const operation of waiting) {
    if (!work.isOf(operation)) continue;
    const { message } = operation;
    if (message.type === "scan") pending.push(serialOf(message, asked));
    else if (message.type === "undo") {
      if (pending.pop() === undefined) isShownSure = false;
    } else if (message.type === "put_back" || message.type === "set") return false;
  }
  const isOfThese = ({ tracking, codes }: TrackedGoods) =>
    isTracked(tracking) && sharesCode(codes, asked);
  const held = isShownSure ? work.lines.filter(isOfThese).flatMap((line) => line.serials) : [];
  return [...held, ...pending].some((one) => one !== "" && plain(one) === plain(serial));
}

function serialOf(message: { code: string; serial?: string }, asked: Asked): string {
  if (!hasCode(asked.codes, keysIn(message.code))) return "";
  return message.serial === undefined
    ? (readGs1(message.code)?.serial ?? "")
    : numberIn(message.serial, asked);
}

function sharesCode(codes: readonly string[], asked: Asked): boolean {
  return hasCode(asked.codes, codes.map(keyOf));
}

function numberOf(message: Message, tracking: Tracking): string {
  return tracking === "serial" ? message.serial : message.lot;
}

function hasCode(codes: readonly string[], keys: readonly string[]): boolean {
  return codes.some((code) => keys.includes(keyOf(code)));
}

function keysIn(code: string): string[] {
  const message = readGs1(code);
  return message ? [keyOf(code), keyOf(message.gtin)] : [keyOf(code)];
}

/** Letter case and blanks do not count, nor do leading zeros of an EAN. */
function keyOf(code: string): string {
  const key = plain(code);
  return /^\d+$/.test(key) && GTIN_LENGTHS.has(key.length) ? key.padStart(14, "0") : key;
}

function plain(text: string): string {
  return text.replace(/\s/g, "").toLowerCase();
}

/** The goods, lot and serial number in a GS1 message; null where it is none of goods. */
export function readGs1(code: string): Message | null {
  const text = code.replace(MARKS, "");
  let fields: [string, string][] = [];
  if (LINK.test(text)) fields = fieldsOfLink(text);
  else if (/^\(\d{2,4}\)/.test(text)) {
    fields = [...text.matchAll(BRACKETED)].map(([, ai, value]) => [ai ?? "", value ?? ""]);
  } else if (text !== code || text.includes(SEPARATOR) || GTIN_FIRST.test(text)) {
    fields = fieldsOf(text);
  }
  const values = new Map(fields);
  const gtin = values.get("01") ?? values.get("02");
  if (!gtin) return null;
  return { gtin, serial: values.get("21") ?? "", lot: values.get("10") ?? "" };
}

function fieldsOf(text: string): [string, string][] {
  const fields: [string, string][] = [];
  let rest = text;
  while (rest) {
    const ai = rest.slice(0, 2);
    const length = LENGTHS[ai];
    const separator = rest.indexOf(SEPARATOR);
    const end = length ?? (separator < 0 ? rest.length : separator);
    fields.push([ai, rest.slice(2, end)]);
    rest = rest.slice(end);
    if (rest.startsWith(SEPARATOR)) rest = rest.slice(1);
  }
  return fields;
}

function fieldsOfLink(text: string): [string, string][] {
  let parts: string[];
  try {
    parts = new URL(text).pathname.split("/").map(decodeURIComponent);
  } catch {
    return [];
  }
  const first = parts.indexOf("01");
  if (first < 0) return [];
  const fields: [string, string][] = [];
  for (let at = first; at + 1 < parts.length; at += 2) {
    fields.push([parts[at] ?? "", parts[at + 1] ?? ""]);
  }
  return fields;
}
