import { expect, it } from "vitest";
import type { Line, PickedOrder, SessionState } from "./protocol";
import { progressOf, stepsOf } from "./walk";

function line(number: number, fields: Partial<Line> = {}): Line {
  return {
    line: number,
    product: `${number}`,
    code: `P${number}`,
    name: `Product ${number}`,
    image: null,
    location: null,
    ordered: "1",
    picked: "0",
    short_picked: "0",
    to_put_back: "0",
    skipped: false,
    tracking: "none",
    codes: [],
    serials: [],
    ...fields,
  };
}

function order(number: string, lines: Line[], fields: Partial<PickedOrder> = {}): PickedOrder {
  return { order: number, number, bin: null, status: "picking", lines, ...fields };
}

function session(...orders: PickedOrder[]): SessionState {
  return {
    ...{ session: "S1", mode: "cluster", isOpen: true, orders, walk: [] },
    ...{ owner: null, ownerName: null, version: 1 },
  };
}

const ids = (state: SessionState, skipped: string[] = []) =>
  stepsOf(state, new Set(skipped)).map(({ id }) => id);

it("lines of all orders are one walk by location, numbers counting as numbers", () => {
  const state = session(
    order("A", [line(1, { location: "B-2-10" }), line(2, { location: "A-10" }), line(3)]),
    order("B", [line(1, { location: "B-2-9" }), line(2, { location: "A-2" })]),
  );
  expect(ids(state)).toEqual(["B/2", "A/2", "B/1", "A/1", "A/3"]);
});

it("the service's own walk goes before that of the locations", () => {
  const lines = [line(1, { location: "A" }), line(2, { location: "B" }), line(3)];
  const state = { ...session(order("A", lines)), walk: [3, 2, 1] };
  expect(ids(state)).toEqual(["A/3", "A/2", "A/1"]);
  expect(ids(state, ["A/3"])).toEqual(["A/2", "A/1", "A/3"]);
});

it("what goes back comes first, what was skipped later, what is done last", () => {
  const state = session(
    order("A", [
      line(1, { location: "A", picked: "1" }),
      line(2, { location: "B" }),
      line(3, { location: "C" }),
      line(4, { location: "D", to_put_back: "1" }),
      line(5, { location: "E", skipped: true }),
      line(6, { location: "F", ordered: "3", picked: "2", short_picked: "1" }),
    ]),
  );
  expect(ids(state, ["A/2", "A/1"])).toEqual(["A/4", "A/3", "A/2", "A/5", "A/1", "A/6"]);
});

it("what is left counts what was found to be missing", () => {
  const [step] = stepsOf(
    session(order("A", [line(1, { ordered: "5", picked: "1.5", short_picked: "2" })])),
    new Set(),
  );
  expect(step).toMatchObject({ left: "1.5", state: "open" });
});

it("nothing is picked for a cancelled order, but what was picked goes back", () => {
  const state = session(
    order("A", [line(1), line(2, { to_put_back: "2", picked: "2" })], { status: "cancelled" }),
    order("B", [line(1, { ordered: "2", picked: "1" })]),
  );
  const steps = stepsOf(state, new Set());
  expect(steps.map(({ state: is }) => is)).toEqual(["put_back", "open", "done"]);
  expect(progressOf(steps)).toEqual({ picked: "1", ordered: "2", openLines: 1, putBackLines: 1 });
});
