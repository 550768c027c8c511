import { describe, expect, it } from "vitest";
import { readMessage } from "./protocol";

const read = (message: object) => readMessage(JSON.stringify(message));

describe("a message of the service", () => {
  it("welcome says which session is open, as an id or whole", () => {
    const welcome = { type: "welcome", terminal: "T1", name: "ana", tally: null };
    expect(read({ ...welcome, session: null })).toEqual({ ...welcome, session: null });
    expect(read({ ...welcome, session: "S1" })).toEqual({ ...welcome, session: "S1" });
    expect(read({ ...welcome, session: { session: "S1" } })).toEqual({ ...welcome, session: "S1" });
  });

  it("state is read whole, what is not said being nothing", () => {
    const message = read({
      type: "state",
      op: "o1",
      session: "S1",
      mode: "cluster",
      owner: "T1",
      owner_name: "ana",
      state: "open",
      walk: [1],
      version: 7,
      orders: [{ order: "9", number: "560", bin: 2, lines: [{ line: 1, ordered: "3" }, null] }],
    });
    expect(message).toMatchObject({
      type: "state",
      op: "o1",
      state: {
        session: "S1",
        mode: "cluster",
        isOpen: true,
        walk: [1],
        owner: "T1",
        ownerName: "ana",
        version: 7,
        orders: [
          {
            number: "560",
            bin: "2",
            lines: [{ line: 1, ordered: "3", picked: "0", to_put_back: "0", location: null }],
          },
        ],
      },
    });
  });

  it("state without a session says that none is open", () => {
    expect(read({ type: "state", session: null })).toEqual({
      type: "state",
      op: null,
      state: null,
    });
  });

  it("state says when the session has ended", () => {
    const state = { type: "state", session: "S1", orders: [] };
    expect(read({ ...state, state: "completed" })).toMatchObject({ state: { isOpen: false } });
    expect(read(state)).toMatchObject({ state: { isOpen: true, walk: [] } });
  });

  it("result keeps outcomes that this page does not know", () => {
    expect(read({ type: "result", op: "o1", outcome: "new_word", line: "2" })).toMatchObject({
      result: { op: "o1", outcome: "new_word", line: "2", picked: null },
    });
  });

  it.each([["not JSON"], ["[]"], ["null"], ['{"type":"song"}'], ['{"type":"result"}'], [7]])(
    "%j is none",
    (text) => {
      expect(readMessage(text)).toBeNull();
    },
  );
});
