import { describe, expect, it } from "vitest";
import { WedgeReader } from "./wedge";

function type(reader: WedgeReader, keys: string[], gap: number, from = 1000): (string | null)[] {
  return keys.map((key, index) => {
    const ctrl = key.startsWith("^");
    const pressed = { key: ctrl ? key.slice(1) : key, ctrl, time: from + index * gap };
    return reader.press(pressed).code;
  });
}

const code = (heard: (string | null)[]) => heard.filter((one) => one !== null);

describe("a scanner that types", () => {
  it.each(["Enter", "Tab"])("is read up to %s", (end) => {
    expect(code(type(new WedgeReader(), [..."2000000001012", end], 8))).toEqual(["2000000001012"]);
  });

  it("keeps its capitals, whose Shift is no letter", () => {
    const keys = ["Shift", "C", "Shift", "A", "N", "-", "3", "Enter"];
    expect(code(type(new WedgeReader(), keys, 8))).toEqual(["CAN-3"]);
  });

  it("sends control characters as Ctrl and a letter", () => {
    const keys = ["^B", "1", "2", "3", "^]", "4", "^c", "Enter"];
    expect(code(type(new WedgeReader(), keys, 8))).toEqual(["\u0002123\u001d4\u0003"]);
  });

  it("may send one code right after another", () => {
    const keys = [..."111", "Enter", ..."222", "Enter"];
    expect(code(type(new WedgeReader(), keys, 5))).toEqual(["111", "222"]);
  });

  it("may send Enter and Tab", () => {
    expect(code(type(new WedgeReader(), [..."111", "Enter", "Tab"], 5))).toEqual(["111"]);
  });
});

it("a code is read whole or not at all, however the device stutters", () => {
  const reader = new WedgeReader();
  type(reader, ["2"], 8, 1000);
  expect(code(type(reader, [..."000000001012", "Enter"], 8, 1200))).toEqual(["2000000001012"]);
  type(reader, [..."200"], 120, 5000);
  expect(code(type(reader, [..."000", "Enter"], 120, 5360))).toEqual([]);
});

describe("a person at the keys", () => {
  it("is no scanner", () => {
    expect(code(type(new WedgeReader(), [..."2000000001012", "Enter"], 130))).toEqual([]);
  });

  it("who stops before Enter is none either", () => {
    const reader = new WedgeReader();
    type(reader, [..."2000"], 5);
    expect(reader.press({ key: "Enter", ctrl: false, time: 3000 }).code).toBeNull();
  });

  it("does not spoil the scan that follows", () => {
    const reader = new WedgeReader();
    type(reader, ["x"], 5, 100);
    expect(code(type(reader, [..."123", "Enter"], 5, 900))).toEqual(["123"]);
  });

  it("who presses Enter twice quickly scans nothing", () => {
    expect(code(type(new WedgeReader(), ["a", "Enter", "Enter"], 5))).toEqual([]);
  });
});

describe("what a scanner still sends after the end of a scan", () => {
  it.each([
    ["a second Enter", "Enter", false],
    ["a Tab", "Tab", false],
    ["a line feed", "j", true],
  ])("%s is its own, and presses nothing", (_, key, ctrl) => {
    const reader = new WedgeReader();
    type(reader, [..."111", "Enter"], 5);
    expect(reader.press({ key, ctrl, time: 1020 })).toEqual({ isScanner: true, code: null });
    expect(code(type(reader, [..."222", "Enter"], 5, 1500))).toEqual(["222"]);
  });

  it("is over when a person can have pressed", () => {
    const reader = new WedgeReader();
    type(reader, [..."111", "Enter"], 5);
    const pressed = reader.press({ key: "Enter", ctrl: false, time: 1300 });
    expect(pressed).toEqual({ isScanner: false, code: null });
  });
});

it("keys of a burst are told apart from those of a person", () => {
  const reader = new WedgeReader();
  const told = [..."1234"].map(
    (key, index) => reader.press({ key, ctrl: false, time: index * 8 }).isScanner,
  );
  expect(told).toEqual([false, false, true, true]);
});
