import { describe, expect, it } from "vitest";
import { readMessage } from "./protocol";
import { isDone, lineIn, progressOf, type TallyState } from "./tally";

const read = (message: object) => readMessage(JSON.stringify({ type: "tally", ...message }));

function stateOf(message: object): TallyState {
  const said = read({ tally: "Y1", state: "open", ...message });
  if (said?.type !== "tally" || !said.tally) throw new Error("no tally");
  return said.tally;
}

describe("a tally", () => {
  it("is read whole, what is not said being nothing", () => {
    const line = { line: 1, code: "P1", counted: "2.5", expected: null, flag: "surplus" };
    expect(stateOf({ kind: "count", location: "A-2", version: 3, lines: [line, 7] })).toEqual({
      ...{ tally: "Y1", kind: "count", isOpen: true, reference: null, supplier: null },
      ...{ location: "A-2", terminal: null, ownerName: null, version: 3 },
      lines: [
        {
          ...{ line: 1, product: null, code: "P1", name: "", image: null, location: null },
          ...{ expected: null, counted: "2.5", flag: "surplus" },
          ...{ tracking: "none", codes: [], serials: [] },
        },
      ],
    });
  });

  it.each(["posting", "done", "left", undefined])("that is %s does not go on", (state) => {
    expect(stateOf({ state }).isOpen).toBe(false);
  });

  it("is none without an id", () => {
    expect(read({ tally: null })).toMatchObject({ type: "tally", op: null, tally: null });
  });

  it("has no flag that this page does not know", () => {
    const [line] = stateOf({ lines: [{ line: 1, flag: "haunted" }] }).lines;
    expect(line?.flag).toBeNull();
  });
});

it.each([
  [null, null, "", false],
  [null, "0", "", true],
  ["2", "1.999", "", false],
  ["2", "2", "", true],
  ["2", "3", "surplus", true],
  [null, "3", "moved", false],
])("expected %s, counted %s, flag %j: done is %s", (expected, counted, flag, done) => {
  const tally = stateOf({ lines: [{ line: "1", expected, counted, flag }] });
  const line = lineIn(tally, 1);
  expect(line && isDone(line)).toBe(done);
  expect(progressOf(tally)).toEqual({ done: Number(done), all: 1 });
});

it("lines that keep it from being complete are read with why", () => {
  const lines = [{ line: 3, why: "missing" }, null, { line: "4", why: "new_word" }];
  expect(
    readMessage(JSON.stringify({ type: "result", op: "o", outcome: "incomplete", lines })),
  ).toMatchObject({
    result: {
      lines: [
        { line: 3, why: "missing" },
        { line: "4", why: "new_word" },
      ],
    },
  });
});
