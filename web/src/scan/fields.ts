/** Reading the fields of messages that come in: what is not what it should be is nothing. */

export type Fields = Record<string, unknown>;

/** A line's number; it is one of its session or tally, whatever the order. */
export type LineId = string | number;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Texts, and numbers where a text was meant: a bin may be 1 or "1". */
export function wordOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : null;
}

export function lineOf(value: unknown): LineId | null {
  return typeof value === "string" || typeof value === "number" ? value : null;
}

export function listOf<One>(value: unknown, read: (one: Fields) => One): One[] {
  return Array.isArray(value) ? value.filter(isFields).map(read) : [];
}

/** All that is a text or a number, for the places in words about it. */
export function wordsOf(value: Fields): Record<string, string> {
  const words = Object.entries(value).map(([name, one]) => [name, wordOf(one)] as const);
  return Object.fromEntries(words.filter((pair): pair is [string, string] => pair[1] !== null));
}
