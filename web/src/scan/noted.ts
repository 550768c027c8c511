/** What a line says of goods of which more is noted than how many. */

import { type Fields, isFields, wordOf } from "./fields";

/** What is noted of goods with each scan. */
export type Tracking = "none" | "lot" | "serial";

export interface TrackedGoods {
  tracking: Tracking;
  /** All they are scanned by, where something is noted of them. */
  codes: string[];
  /** The serial numbers in hand, or counted. */
  serials: string[];
}

export function trackedGoodsOf(value: Fields): TrackedGoods {
  const { tracking, codes, noted } = value;
  return {
    tracking: tracking === "serial" || tracking === "lot" ? tracking : "none",
    codes: Array.isArray(codes) ? codes.filter(isWord) : [],
    serials: Array.isArray(noted)
      ? noted.filter(isFields).map((one) => wordOf(one.serial) ?? "")
      : [],
  };
}

function isWord(value: unknown): value is string {
  return typeof value === "string";
}
