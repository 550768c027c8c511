import { afterEach, describe, expect, it, vi } from "vitest";
import {
  defaults,
  isTerminalName,
  loadPreferences,
  readPreferences,
  savePreferences,
} from "./preferences";

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

describe("a browser that keeps nothing in localStorage", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["it is full", { getItem: () => null, setItem: () => fail("QuotaExceededError") }],
    ["it is blocked", { getItem: () => fail("SecurityError"), setItem: () => fail("no") }],
  ])("%s: the page has preferences all the same", (_, storage) => {
    vi.stubGlobal("localStorage", storage);
    vi.stubGlobal("navigator", { language: "ro" });
    expect(isTerminalName(loadPreferences().terminal)).toBe(true);
    expect(() => savePreferences(defaults("ro"))).not.toThrow();
  });
});

function fail(why: string): never {
  throw new DOMException(why);
}
