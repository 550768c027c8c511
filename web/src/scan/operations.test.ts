import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { BrowserStore } from "../browser/operation_store";
import { Operations, wire } from "./operations";

const ONLINE = { session: "S1", person: "ana", isLate: false };
const scan = (code: string) => ({ type: "scan", code, at: "2026-01-02T03:04:05Z" }) as const;

let databases = 0;
let name = "";
let ids = 0;

beforeEach(() => {
  databases += 1;
  name = `test-${databases}`;
});

async function page(): Promise<{ store: BrowserStore; operations: Operations }> {
  const store = await BrowserStore.open(name);
  const operations = new Operations(store, () => {
    ids += 1;
    return `op-${ids}`;
  });
  await operations.load();
  return { store, operations };
}

const codes = (list: readonly { message: object }[]) =>
  list.map(({ message }) => ("code" in message ? message.code : null));

describe("operations", () => {
  it("keep the order they were done in, and count up", async () => {
    const { operations } = await page();
    const added = await Promise.all(
      ["A", "B", "C"].map((one) => operations.add(scan(one), ONLINE)),
    );

    expect(codes(operations.waiting)).toEqual(["A", "B", "C"]);
    expect(added.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("are sent once on a connection, and again on the next while unanswered", async () => {
    const { operations } = await page();
    const first = await operations.add(scan("A"), ONLINE);
    await operations.add(scan("B"), ONLINE);

    expect(codes(operations.takeUnsent(1, "ana"))).toEqual(["A", "B"]);
    expect(operations.takeUnsent(1, "ana")).toEqual([]);
    await operations.answered(first.op);
    await operations.add(scan("C"), ONLINE);
    expect(codes(operations.takeUnsent(1, "ana"))).toEqual(["C"]);
    expect(codes(operations.takeUnsent(2, "ana"))).toEqual(["B", "C"]);
  });

  it("outlive the page, with the same ids and numbers", async () => {
    const before = await page();
    const kept = await before.operations.add(scan("A"), ONLINE);
    before.store.close();

    const after = await page();
    expect(after.operations.waiting).toEqual([{ ...kept, isLate: true }]);
  });

  it("never give a number twice, also when all were answered", async () => {
    const before = await page();
    const { op, seq } = await before.operations.add(scan("A"), ONLINE);
    await before.operations.answered(op);
    before.store.close();

    const after = await page();
    expect(after.operations.waiting).toEqual([]);
    expect((await after.operations.add(scan("B"), ONLINE)).seq).toBe(seq + 1);
  });

  it("are answered once", async () => {
    const { operations } = await page();
    const { op } = await operations.add(scan("A"), ONLINE);

    expect((await operations.answered(op))?.op).toBe(op);
    expect(await operations.answered(op)).toBeNull();
  });

  it("wait for the person who did them", async () => {
    const { operations } = await page();
    await operations.add(scan("A"), ONLINE);
    await operations.add(scan("B"), { ...ONLINE, person: "ion" });

    expect(codes(operations.takeUnsent(1, "ion"))).toEqual(["B"]);
    expect(operations.ofOthers("ion")).toEqual({ person: "ana", count: 1 });
    await operations.discardOfOthers("ion");
    expect(codes(operations.waiting)).toEqual(["B"]);
  });

  it("go on after one could not be stored", async () => {
    const { store, operations } = await page();
    const add = store.add.bind(store);
    store.add = () => Promise.reject(new Error("the disk is full"));
    await expect(operations.add(scan("A"), ONLINE)).rejects.toThrow("the disk is full");
    store.add = add;
    await operations.add(scan("B"), ONLINE);

    expect(codes(operations.waiting)).toEqual(["B"]);
  });

  it("carry their session once there is one", async () => {
    const { operations } = await page();
    const opening = await operations.add({ type: "next" }, { ...ONLINE, session: null });
    const counted = await operations.add(scan("A"), ONLINE);

    expect(wire(opening)).toEqual({ op: opening.op, seq: 1, type: "next" });
    expect(wire(counted)).toMatchObject({ op: counted.op, seq: 2, session: "S1", code: "A" });
  });
});
