import { describe, expect, it } from "vitest";
import { say, sayWhy, TEXTS, type TextKey } from "./texts";

const KEYS = Object.keys(TEXTS) as TextKey[];
const sources = import.meta.glob<string>("./**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});
const program = Object.entries(sources)
  .filter(([path]) => !path.includes(".test.") && path !== "./texts.ts")
  .map(([, text]) => text)
  .join("\n");

describe("every text", () => {
  it.each(KEYS)("%s is there in both languages, with the same places", (key) => {
    const [romanian, english] = TEXTS[key];
    const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

    expect(romanian.trim()).not.toBe("");
    expect(english.trim()).not.toBe("");
    expect(places(romanian)).toEqual(places(english));
  });

  it("is written with the letters of Romanian, not their look-alikes", () => {
    expect(KEYS.filter((key) => /[şţŞŢ]/.test(TEXTS[key].join("")))).toEqual([]);
  });

  it("is used", () => {
    const prefixes = ["feedback_", "refusal_", "mode_", "reason_", "rest_", "colours_", "number_"];
    const isUsed = (key: string) =>
      program.includes(`"${key}"`) || prefixes.some((prefix) => key.startsWith(prefix));
    expect(KEYS.filter((key) => !isUsed(key))).toEqual([]);
  });
});

it("places are filled, and stay visible where a value is missing", () => {
  expect(say("ro", "of", { picked: "1", ordered: "2" })).toBe("1 din 2");
  expect(say("en", "of", { picked: "1" })).toBe("1 of {ordered}");
});

it("a refusal is told in words where there are any, else as it came", () => {
  expect(sayWhy("en", "no_such_order")).toBe("There is no such order");
  expect(sayWhy("en", "something_new")).toBe("something_new");
});
