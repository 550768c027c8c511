import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Device, settle } from "./device";
import type { Delivery } from "./known";

const DELIVERY: Delivery = {
  ...{ id: "R1", reference: "AVIZ 7", supplier: "Olaria", isBegun: false, owner: null, lines: 3 },
};

let device: Device;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  device = new Device();
  device.task = "receive";
  await device.open();
});
afterEach(() => {
  device.kill();
  vi.useRealTimers();
});

async function open(): Promise<void> {
  await device.terminal.tallying.receive("R1");
  await settle();
}

describe("a reception", () => {
  it("is opened by the note that is scanned", async () => {
    device.deliveries = [DELIVERY];
    await device.terminal.tallying.readDeliveries();
    await device.scan("aviz 7");
    await settle();
    expect(device.service.applied[0]).toMatchObject({ type: "receive", reception: "R1" });
    expect(device.view).toMatchObject({ tally: { tally: "Y1" }, waiting: 0 });
    expect(device.heard).toEqual(["receiving"]);
  });

  it("asks what else a note says that nobody announced", async () => {
    device.deliveries = [DELIVERY, { ...DELIVERY, id: "R2", reference: "X" }];
    await device.terminal.tallying.readDeliveries();
    await device.scan("AVIZ 8");
    expect(device.view).toMatchObject({ unannounced: "AVIZ 8", tally: null });
    expect(device.heard).toEqual(["no_delivery"]);
    await device.terminal.tallying.receiveUnannounced("AVIZ 8", "");
    await settle();
    expect(device.service.applied[0]).toEqual({
      ...{ op: "op-1", seq: 1, type: "receive", reference: "AVIZ 8" },
    });
    expect(device.view.unannounced).toBeNull();
  });

  it("does not choose between two deliveries with one reference", async () => {
    device.deliveries = [DELIVERY, { ...DELIVERY, id: "R2" }];
    await device.terminal.tallying.readDeliveries();
    await device.scan("AVIZ 7");
    expect(device.service.applied).toEqual([]);
  });

  it("names the warehouse where there are several, and it is one of them", async () => {
    const warehouses = [
      { code: "a", name: "A" },
      { code: "b", name: "B" },
    ];
    for (const [chosen, sent] of [
      ["b", "b"],
      ["gone", undefined],
    ] as const) {
      device.kill();
      device = new Device();
      device.task = "count";
      device.known = { takesQuantities: true, words: {}, warehouses };
      device.warehouse = chosen;
      await device.open();
      await device.scan("A-2");
      await settle();
      expect(device.service.applied[0]).toMatchObject({ type: "count", location: "A-2" });
      expect((device.service.applied[0] as { warehouse?: string }).warehouse).toBe(sent);
    }
  });

  it("shows what was scanned last, with how many there are and should be", async () => {
    await open();
    await device.scan("P1");
    await settle();
    expect(device.view).toMatchObject({
      current: 1,
      feedback: { kind: "surplus", line: 1, picked: "2", ordered: "1" },
    });
    expect(device.service.applied[1]).toMatchObject({ type: "scan", code: "P1", tally: "Y1" });
  });

  it("asks for the number of goods that need one, with a connection and without", async () => {
    const line = {
      ...{ line: 1, name: "Cană", code: "P1", expected: "3", counted: null, flag: "" },
      ...{ tracking: "serial", codes: ["P1"], noted: [] },
    };
    const counts = device.service.counts.bind(device.service);
    device.service.counts = (fields) => counts({ lines: [line], ...fields });
    await open();
    await device.scan("P1");
    expect(device.view.asked).toMatchObject([{ tracking: "serial", code: "P1", name: "Cană" }]);
    await device.scan("SN-1");
    await settle();
    expect(device.service.applied[1]).toMatchObject({ code: "P1", serial: "SN-1", tally: "Y1" });
    device.service.isUp = false;
    device.cut();
    for (const code of ["P1", "SN-2", "P1", "SN-2"]) await device.scan(code);
    expect(device.view).toMatchObject({ waiting: 1, asked: [{ code: "P1" }] });
    expect(device.heard).toEqual([
      ...["receiving", "serial_needed", "surplus"],
      ...["serial_needed", "kept", "serial_needed", "serial_used"],
    ]);
    device.terminal.setQuantity("2");
    device.terminal.numbers.drop();
    await device.scan("P1");
    expect(device.view.feedback).toMatchObject({ reason: "quantity_not_allowed" });
  });

  it("asks for a number that only the service knows to ask for", async () => {
    const take = device.service.take.bind(device.service);
    device.service.take = (message) =>
      message.type === "scan" && !("lot" in message)
        ? [{ type: "result", op: message.op, outcome: "lot_needed", name: "Vopsea" }]
        : take(message);
    await open();
    device.terminal.setQuantity("40");
    await device.scan("P9");
    await settle();
    expect(device.view.asked).toMatchObject([{ tracking: "lot", code: "P9", quantity: "40" }]);
    await device.scan("L-7");
    await settle();
    expect(device.service.applied[1]).toMatchObject({ code: "P9", lot: "L-7", quantity: "40" });
  });

  it("takes quantities whatever holds for picking", async () => {
    device.known = { takesQuantities: false, words: {}, warehouses: [] };
    device.cut();
    await settle(2000);
    await open();
    device.terminal.setQuantity("40");
    await device.scan("P1");
    expect(device.service.applied[1]).toMatchObject({ quantity: "40" });
  });

  it("is not completed before somebody has seen what is missing", async () => {
    await open();
    await device.terminal.tallying.complete();
    await settle();
    expect(device.view.lacking).toEqual([{ line: 1, why: "missing" }]);
    expect(device.view.tally).not.toBeNull();
    await device.terminal.tallying.completeWithout();
    await settle();
    expect(device.service.applied.at(-1)).toMatchObject({ type: "complete", accept_missing: true });
    expect(device.view).toMatchObject({ tally: null, lacking: null });
    expect(device.heard).toEqual(["receiving", "incomplete", "completed"]);
  });

  it("a scan, or how many there are, clears what was said to be missing", async () => {
    await open();
    await device.terminal.tallying.complete();
    await settle();
    await device.terminal.tallying.set(1, "0");
    await settle();
    expect(device.view.lacking).toBeNull();
    await device.terminal.tallying.complete();
    await settle();
    await device.scan("P1");
    expect(device.view.lacking).toBeNull();
  });

  it("completes and is left only after all it kept was answered", async () => {
    await open();
    device.service.losesAnswers = true;
    await device.scan("P1");
    await device.terminal.tallying.complete();
    await device.terminal.tallying.leave();
    expect(device.heard.slice(-2)).toEqual(["busy", "busy"]);
    device.service.losesAnswers = false;
    device.cut();
    await settle(2000);
    await device.terminal.tallying.leave();
    await settle();
    expect(device.heard.at(-1)).toBe("left");
    expect(device.view.tally).toBeNull();
  });

  it("stays shown when the page is killed without the service, and keeps what is scanned", async () => {
    await open();
    device.service.isUp = false;
    device.cut();
    await device.scan("P1");
    device.kill();
    await device.open();
    expect(device.view).toMatchObject({ tally: { tally: "Y1" }, waiting: 1 });
    await device.terminal.tallying.set(1, "5");
    device.service.isUp = true;
    await settle(20_000);
    expect(device.service.applied.slice(1)).toMatchObject([
      { type: "scan", code: "P1", tally: "Y1" },
      { type: "set", line: 1, quantity: "5", tally: "Y1" },
    ]);
    expect(device.view.late).toMatchObject([{ kind: "surplus", code: "P1" }]);
  });

  it("that is gone meanwhile says so of each scan that was kept for it", async () => {
    await open();
    device.service.isUp = false;
    device.cut();
    await device.scan("P1");
    device.service.tally = null;
    device.service.isUp = true;
    await settle(20_000);
    expect(device.view).toMatchObject({ tally: null, late: [{ kind: "no_tally", code: "P1" }] });
  });

  it("of somebody else is offered, and taken over", async () => {
    const take = device.service.take.bind(device.service);
    device.service.take = (message) =>
      message.type === "receive"
        ? [
            {
              ...device.service.counts({ tally: "Y9", terminal: "T2", owner_name: "ion" }),
              op: message.op,
            },
          ]
        : take(message);
    await open();
    const offer = { what: "reception", id: "Y9", name: "AVIZ 7", owner: "ion" };
    expect(device.view).toMatchObject({ tally: null, offer });
    expect(device.heard).toEqual(["owned_by_other"]);
    await device.terminal.takeOver();
    expect(device.service.applied.at(-1)).toMatchObject({ type: "take_over", tally: "Y9" });
  });

  it("is lost to another terminal", async () => {
    await open();
    device.service.socket?.say({ type: "lost", to: "T2", tally: "another" });
    await settle();
    expect(device.view.tally).not.toBeNull();
    device.service.socket?.say({ type: "lost", to: "T2", tally: "Y1" });
    await settle();
    expect(device.view).toMatchObject({ tally: null, lost: { what: "reception", to: "T2" } });
  });

  it("is lost also where its new owner was told first", async () => {
    await open();
    device.service.socket?.say(device.service.counts({ version: 9, terminal: "T2" }));
    device.service.socket?.say({ type: "lost", to: "T2", tally: "Y1" });
    await settle();
    expect(device.view).toMatchObject({ tally: null, lost: { what: "reception", to: "T2" } });
  });

  it("keeps its newest state, and is not shown again once it is completed", async () => {
    await open();
    const say = async (fields: object) => {
      device.service.socket?.say({ ...device.service.counts(fields), tally: "Y1" });
      await settle();
    };
    await say({ version: 8, supplier: "new" });
    await say({ version: 7, supplier: "old" });
    expect(device.view.tally?.supplier).toBe("new");
    await device.terminal.tallying.completeWithout();
    await settle();
    await say({ version: 9 });
    expect(device.view.tally).toBeNull();
  });

  it("that nobody has any more is no longer shown", async () => {
    await open();
    device.service.socket?.say(device.service.counts({ version: 9, terminal: null }));
    await settle();
    expect(device.view.tally).toBeNull();
  });
});

describe("a count", () => {
  it("of a shelf that somebody else counts is offered", async () => {
    const take = device.service.take.bind(device.service);
    device.service.take = (message) =>
      message.type === "count"
        ? [
            {
              ...{ type: "error", op: message.op, reason: "location_taken", tally: "Y9" },
              ...{ owner: "T2", owner_name: "ion" },
            },
          ]
        : take(message);
    await device.terminal.tallying.count("A-2");
    await settle();
    const offer = { what: "count", id: "Y9", name: "A-2", owner: "ion" };
    expect(device.view).toMatchObject({ offer, isBusy: false });
  });

  it("that was begun is gone on with where it was begun", async () => {
    await device.terminal.tallying.readShelves();
    expect(device.view).toMatchObject({ shelves: null, hasListTrouble: true });
    await device.terminal.tallying.readDeliveries();
    expect(device.view.hasListTrouble).toBe(false);
    await device.terminal.tallying.count("A-2", "shop");
    await settle();
    expect(device.service.applied[0]).toMatchObject({ location: "A-2", warehouse: "shop" });
  });

  it("needs the service to begin", async () => {
    device.service.isUp = false;
    device.cut();
    device.task = "count";
    await device.scan("A-2");
    device.task = "receive";
    await device.scan("AVIZ 7");
    expect(device.heard).toEqual(["needs_link", "needs_link"]);
    expect(device.view).toMatchObject({ waiting: 0, unannounced: null });
  });
});

it("a quantity is not sent in picking where it is not taken", async () => {
  device.known = { takesQuantities: false, words: {}, warehouses: [] };
  device.cut();
  await settle(2000);
  await device.terminal.picking.next();
  await settle();
  device.terminal.setQuantity("4");
  await device.scan("P1");
  expect(device.service.applied[1]).not.toHaveProperty("quantity");
});

it("what the service said is known to the next page, too", async () => {
  device.known = { takesQuantities: false, words: { x: ["da", "yes"] }, warehouses: [] };
  device.cut();
  await settle(2000);
  device.kill();
  device.service.isUp = false;
  await device.open();
  expect(device.view.known).toEqual(device.known);
});
