import { expect, it } from "vitest";
import { milli, quantityOf, readCount, readQuantity, shown } from "./quantities";

it.each([
  ["2", 2000],
  ["1.9", 1900],
  ["0.005", 5],
  ["123456789.123", 123456789123],
])("%s is %d thousandths and back", (text, thousandths) => {
  expect(milli(text)).toBe(thousandths);
  expect(quantityOf(thousandths)).toBe(text);
});

it.each([
  ["1,5", "1.5"],
  [" 12 ", "12"],
  ["2.500", "2.5"],
  ["0", null],
  ["-1", null],
  ["1.2345", null],
  ["1e3", null],
  ["", null],
])("typed %j is %j", (typed, quantity) => {
  expect(readQuantity(typed)).toBe(quantity);
  if (quantity !== null) expect(readCount(typed)).toBe(quantity);
});

it("how many there are may be none", () => {
  expect(readCount("0,0")).toBe("0");
  expect(readCount("")).toBeNull();
});

it("is written as people of the language do", () => {
  expect(shown("1.5", "ro")).toBe("1,5");
  expect(shown("1.5", "en")).toBe("1.5");
});
