import { expect, it } from "vitest";
import { RepeatFilter, Sights } from "./repeats";

function counted(times: number[], windowMs: number, codes: string[] = []): number {
  const filter = new RepeatFilter();
  return times.filter((time, index) => !filter.isRepeat(codes[index] ?? "P1", time, windowMs))
    .length;
}

it("two reads 40 ms apart are one", () => {
  expect(counted([0, 40], 100)).toBe(1);
});

it("five reads 150 ms apart are five", () => {
  expect(counted([0, 150, 300, 450, 600], 100)).toBe(5);
});

it("a trigger that is stuck reads once, however long", () => {
  expect(counted([0, 40, 80, 120, 160, 200, 240], 100)).toBe(1);
});

it("another code between two is no repeat", () => {
  expect(counted([0, 20, 40], 300, ["P1", "P2", "P1"])).toBe(3);
});

it("may be switched off", () => {
  expect(counted([0, 0, 1], 0)).toBe(3);
});

it("two labels in one picture are each seen once, however long", () => {
  const sights = new Sights(1200);
  const looks = Array.from({ length: 20 }, (_, index) => index * 100);
  const fresh = looks.flatMap((at) => ["P1", "P2"].filter((one) => sights.isNew(one, at)));
  expect(fresh).toEqual(["P1", "P2"]);
});

it("a label that was out of the picture for long enough is new", () => {
  const sights = new Sights(1200);
  expect([0, 1100, 2200, 3500].map((at) => sights.isNew("P1", at))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
