import { expect, it } from "vitest";
import { defaults, isTerminalName, readPreferences } from "./preferences";

it("the browser's language is taken where it is one of ours, else Romanian", () => {
  expect(defaults("en-GB").language).toBe("en");
  expect(defaults("hu-HU").language).toBe("ro");
});

it.each([null, "", "{", "7", "null"])("%j stored is as if nothing were", (stored) => {
  expect(readPreferences(stored, "ro")).toEqual(defaults("ro"));
});

it("what is stored holds, but for what makes no sense", () => {
  const stored = JSON.stringify({
    ...{ language: "fr", colours: "dark", repeatWindowMs: 7, sound: "loud" },
    ...{ prefix: "#", mode: "check", task: "sweep", other: 1 },
  });
  expect(readPreferences(stored, "ro")).toEqual({
    ...defaults("ro"),
    colours: "dark",
    prefix: "#",
    mode: "check",
  });
});

it.each([
  ["T-7KQ2", true],
  ["Masa 3", true],
  ["Împachetare", true],
  ["", false],
  [" T1", false],
  ["T/1", false],
  ["x".repeat(65), false],
])("%j as the name of a terminal: %s", (name, isOne) => {
  expect(isTerminalName(name)).toBe(isOne);
});
