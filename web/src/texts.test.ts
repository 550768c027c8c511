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
    const prefixes = [
      ...["feedback_", "mode_", "reason_", "rest_", "colours_", "number_"],
      ...["title_", "task_", "flag_", "lacking_", "taken_", "lost_"],
    ];
    const isUsed = (key: string) =>
      program.includes(`"${key}"`) || prefixes.some((prefix) => key.startsWith(prefix));
    expect(KEYS.filter((key) => !isUsed(key))).toEqual([]);
  });
});

it("places are filled, and stay visible where a value is missing", () => {
  expect(say("ro", "of", { picked: "1", ordered: "2" })).toBe("1 din 2");
  expect(say("en", "of", { picked: "1" })).toBe("1 of {ordered}");
});

it("a refusal is told in the service's words where it has any, else as it came", () => {
  const words = { location_taken: ["E la {owner_name}", "{owner_name} has it"] } as const;
  expect(sayWhy("en", "location_taken", words, { owner_name: "ion" })).toBe("ion has it");
  expect(sayWhy("ro", "location_taken", words)).toBe("E la {owner_name}");
  expect(sayWhy("en", "something_new", words)).toBe("something_new");
  expect(sayWhy("en", "toString", words)).toBe("toString");
});
