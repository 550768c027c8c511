import { expect, it } from "vitest";
import { pairingCode } from "./pairing";

it.each([
  ["https://erp.exemplu.ro/terminal#pair=Ab-3_x", "Ab-3_x"],
  ["#pair=Ab3\n", "Ab3"],
  ["#pair=", null],
  ["https://erp.exemplu.ro/terminal", null],
  ["2000000001012", null],
])("%j holds the code %j", (address, code) => {
  expect(pairingCode(address)).toBe(code);
});
