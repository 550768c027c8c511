import { describe, expect, it } from "vitest";
import type { Operation } from "./operations";
import type { Line, OperationMessage, SessionState, Tracking } from "./protocol";
import type { TallyLine, TallyState } from "./tally";
import {
  type Asked,
  isSerialUsed,
  numberIn,
  pickingOf,
  readGs1,
  tallyingOf,
  tellsNumber,
  trackedLine,
  type Work,
} from "./tracking";

const EAN = "2000000001012";
const OTHER_EAN = "2000000001029";
const GS = "\u001d";

function line(fields: Partial<Line> = {}): Line {
  return {
    ...{ line: 1, product: "1", code: "CAN-330", name: "Mug", image: null, location: null },
    ...{ ordered: "2", picked: "0", short_picked: "0", to_put_back: "0", skipped: false },
    ...{ tracking: "serial" as Tracking, codes: ["CAN-330", EAN], serials: [] },
    ...fields,
  };
}

function session(lines: Line[], status = "picking"): Work {
  const state: SessionState = {
    ...{ session: "S1", mode: "pick", isOpen: true, walk: [], owner: null, ownerName: null },
    ...{ version: 1, orders: [{ order: "1", number: "1", bin: null, status, lines }] },
  };
  return pickingOf(state);
}

function tally(fields: Partial<TallyLine> = {}): Work {
  const counted: TallyLine = {
    ...{ line: 1, product: "1", code: "CAN-330", name: "Mug", image: null, location: null },
    ...{ expected: "1", counted: "1", flag: null },
    ...{ tracking: "serial" as Tracking, codes: ["CAN-330", EAN], serials: ["SN-1"] },
    ...fields,
  };
  const state: TallyState = {
    ...{ tally: "Y1", kind: "reception", isOpen: true, reference: "", supplier: "" },
    ...{ location: "", terminal: "T1", ownerName: "ana", version: 1, lines: [counted] },
  };
  return tallyingOf(state);
}

function asked(fields: Partial<Asked> = {}): Asked {
  return {
    ...{ tracking: "serial" as const, code: EAN, quantity: null, name: "Mug" },
    ...{ codes: ["CAN-330", EAN] },
    ...fields,
  };
}

function waits(...messages: Partial<OperationMessage>[]): Operation[] {
  return messages.map((message, at) => ({
    ...{ seq: at, op: `op-${at}`, session: "S1", person: "ana", isLate: true },
    message: { at: "", ...message } as OperationMessage,
  }));
}

const scan = (code: string, serial?: string) =>
  ({ type: "scan", code, ...(serial ? { serial } : {}) }) as const;

describe("a GS1 message", () => {
  it.each([
    [`]d201${"0"}${EAN}10L-5${GS}21SN/1`],
    [`01${"0"}${EAN}10L-5${GS}21SN/1`],
    [`(01)0${EAN}(10)L-5(21)SN/1`],
    [`]C101${"0"}${EAN}1726123110L-5${GS}37005${GS}21SN/1`],
    [`https://id.gs1.org/01/0${EAN}/10/L-5/21/SN%2F1?17=261231`],
  ])("is read: %s", (code) => {
    expect(readGs1(code)).toEqual({ gtin: `0${EAN}`, serial: "SN/1", lot: "L-5" });
  });

  it.each(["SN-1", EAN, "(21)SN-1", "https://example.com/a", "", "https://%", GS])(
    "is not: %s",
    (code) => expect(readGs1(code)).toBeNull(),
  );
});

describe("which scans ask", () => {
  it.each([EAN, "can-330", `0${EAN}`, ` ${EAN} `, `]d2010${EAN}21SN-1`])("%s does", (code) => {
    expect(trackedLine(session([line()]), code)?.line).toBe(1);
  });

  it("others do not: another code, goods that are complete or not tracked, a cancelled order", () => {
    expect(trackedLine(session([line()]), OTHER_EAN)).toBeNull();
    expect(trackedLine(session([line({ picked: "2" })]), EAN)).toBeNull();
    expect(trackedLine(session([line({ tracking: "none" })]), EAN)).toBeNull();
    expect(trackedLine(session([line()], "cancelled"), EAN)).toBeNull();
  });

  it("a message tells the number itself, where it holds one of the right kind", () => {
    expect(tellsNumber(`]d2010${EAN}21SN-1`, "serial")).toBe(true);
    expect(tellsNumber(`]d2010${EAN}21SN-1`, "lot")).toBe(false);
    expect(tellsNumber(EAN, "serial")).toBe(false);
  });
});

describe("what counts as a number", () => {
  it("is any text but a code of the goods", () => {
    expect(numberIn(" SN-1 ", asked())).toBe("SN-1");
    for (const own of [EAN, "can- 330", `0${EAN}`]) expect(numberIn(own, asked())).toBe("");
  });

  it("is what a message of these goods tells", () => {
    expect(numberIn(`]d2010${EAN}21SN-1`, asked())).toBe("SN-1");
    expect(numberIn(`]d2010${OTHER_EAN}21SN-1`, asked())).toBe("");
    expect(numberIn(`]d2010${EAN}10L-5`, asked())).toBe("");
    expect(numberIn(`]d2010${EAN}10L-5`, asked({ tracking: "lot" }))).toBe("L-5");
    expect(numberIn(`]d2010${OTHER_EAN}21SN-1`, asked({ codes: [] }))).toBe("SN-1");
  });
});

describe("a serial number is in hand", () => {
  it("where the session shows it, in any letters", () => {
    const shown = session([line({ serials: ["SN-1"] })]);
    expect(isSerialUsed("sn-1", asked(), shown, [])).toBe(true);
    expect(isSerialUsed("SN-2", asked(), shown, [])).toBe(false);
  });

  it("where a scan of these goods that waits has it", () => {
    const empty = session([line()]);
    expect(isSerialUsed("SN-1", asked(), empty, waits(scan(EAN, "SN-1")))).toBe(true);
    expect(isSerialUsed("SN-1", asked(), empty, waits(scan(`]d2010${EAN}21SN-1`)))).toBe(true);
    expect(isSerialUsed("SN-1", asked(), empty, waits(scan(OTHER_EAN, "SN-1")))).toBe(false);
  });

  it("not where an undo or a put-back that waits may have freed it", () => {
    const shown = session([line({ serials: ["SN-1"] })]);
    const pending = waits(scan(EAN, "SN-2"), { type: "undo" });
    expect(isSerialUsed("SN-2", asked(), shown, pending)).toBe(false);
    expect(isSerialUsed("SN-1", asked(), shown, pending)).toBe(true);
    expect(isSerialUsed("SN-1", asked(), shown, waits({ type: "undo" }))).toBe(false);
    const back = waits({ type: "put_back", line: 1, quantity: "1" });
    expect(isSerialUsed("SN-1", asked(), shown, back)).toBe(false);
  });
});

describe("goods that come in", () => {
  it("are asked for their number however many there are of them", () => {
    expect(trackedLine(tally(), EAN)?.line).toBe(1);
    expect(trackedLine(tally({ tracking: "none", codes: [] }), EAN)).toBeNull();
  });

  it("have each serial number once, unless what waits may have freed it", () => {
    const waiting = (message: Partial<OperationMessage>) =>
      waits(message).map((one) => ({ ...one, session: null, tally: "Y1" }));
    expect(isSerialUsed("sn 1", asked(), tally(), [])).toBe(false);
    expect(isSerialUsed("sn-1", asked(), tally(), [])).toBe(true);
    expect(isSerialUsed("SN-2", asked(), tally(), waiting(scan(EAN, "SN-2")))).toBe(true);
    expect(isSerialUsed("SN-2", asked(), tally(), waits(scan(EAN, "SN-2")))).toBe(false);
    const set = { type: "set", line: 1, quantity: "0" } as const;
    expect(isSerialUsed("SN-1", asked(), tally(), waiting(set))).toBe(false);
  });
});
