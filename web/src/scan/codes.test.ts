import { describe, expect, it } from "vitest";
import { cleanCode } from "./codes";

describe("what scanners put around a code is taken off", () => {
  it.each([
    ["\r2000000001012\n"],
    ["2000000001012\t"],
    ["2000000001012\\n"],
    ["2000000001012\\r\\n"],
    ["]E02000000001012"],
    ["\u00022000000001012\u0003"],
    ["  2000000001012 "],
    ["*2000000001012*"],
    ["\u001d2000000001012\u001d"],
  ])("%j", (raw) => {
    expect(cleanCode(raw)).toBe("2000000001012");
  });

  it("stars of Code 39", () => {
    expect(cleanCode("*CAN-330*")).toBe("CAN-330");
  });

  it("a prefix and a suffix that the scanner is set to", () => {
    expect(cleanCode("#12345;", { prefix: "#", suffix: ";" })).toBe("12345");
    expect(cleanCode("12345", { prefix: "#", suffix: ";" })).toBe("12345");
  });

  it("the identifier of GS1 and its separators stay, they carry meaning", () => {
    expect(cleanCode("]C10105941234567890\u001d10LOT1")).toBe("]C10105941234567890\u001d10LOT1");
  });

  it.each([["A*B"], ["**"], ["*A"], ["\\n2"], ["CAN-330"], ["]x"], ["Ștampilă 12"]])(
    "%j is left as it is",
    (code) => {
      expect(cleanCode(code)).toBe(code);
    },
  );

  it("what holds nothing is empty", () => {
    expect(cleanCode("\r\n\t")).toBe("");
  });
});
