import { describe, expect, it } from "vitest";
import { isGood, KINDS, kindOf, LOOKS } from "./feedback";

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const differs = (of: (kind: (typeof KINDS)[number]) => string) =>
  expect(new Set(KINDS.map(of)).size).toBe(KINDS.length);

describe("every outcome", () => {
  it("has a sound of its own", () => {
    differs((kind) => JSON.stringify(LOOKS[kind].notes));
  });

  it("has a colour of its own", () => {
    differs((kind) => LOOKS[kind].colour);
  });

  it.each(KINDS)("%s is readable: white on its colour has a contrast of 4.5 and more", (kind) => {
    expect(1.05 / (luminance(LOOKS[kind].colour) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(KINDS)("%s is over before the next scan", (kind) => {
    const ms = LOOKS[kind].notes.reduce((sum, [, length]) => sum + length, 0);
    expect(ms).toBeLessThanOrEqual(1000);
  });
});

it("whoever counts with the sound off feels which outcome it was", () => {
  const felt = [
    ...(["counted", "surplus", "unexpected", "astray", "unknown_code", "ambiguous_code"] as const),
    ...(["bundle", "not_goods", "owned_by_other", "no_tally"] as const),
  ].map((kind) => JSON.stringify(LOOKS[kind].vibration));
  expect(new Set(felt).size).toBe(felt.length);
});

it("what went wrong sounds low, what went well high", () => {
  for (const kind of KINDS) {
    const highest = Math.max(...LOOKS[kind].notes.map(([pitch]) => pitch));
    if (LOOKS[kind].tone === "bad") expect(highest, kind).toBeLessThan(400);
    if (isGood(kind)) expect(highest, kind).toBeGreaterThan(500);
  }
});

it("an outcome of a newer service is a refusal", () => {
  expect(kindOf("counted")).toBe("counted");
  expect(kindOf("eaten_by_a_bear")).toBe("refused");
});
