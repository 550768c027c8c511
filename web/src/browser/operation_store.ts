/** The browser's store: operations that wait for an answer, and what the page showed last. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Operation, OperationStore } from "../scan/operations";

interface Schema extends DBSchema {
  operations: { key: number; value: Omit<Operation, "seq"> & { seq?: number } };
  kept: { key: string; value: unknown };
}

const NAME = "magazie-terminal";

export class BrowserStore implements OperationStore {
  private readonly database: IDBPDatabase<Schema>;

  private constructor(database: IDBPDatabase<Schema>) {
    this.database = database;
  }

  static async open(name = NAME): Promise<BrowserStore> {
    const database = await openDB<Schema>(name, 1, {
      upgrade(fresh) {
        // the numbers of this store count up for good: they are the terminal's `seq`
        fresh.createObjectStore("operations", { keyPath: "seq", autoIncrement: true });
        fresh.createObjectStore("kept");
      },
    });
    return new BrowserStore(database);
  }

  async add(operation: Omit<Operation, "seq">): Promise<number> {
    const change = this.database.transaction("operations", "readwrite", { durability: "strict" });
    const [seq] = await Promise.all([change.store.add(operation), change.done]);
    return seq;
  }

  async all(): Promise<Operation[]> {
    return (await this.database.getAll("operations")) as Operation[];
  }

  async remove(seq: number): Promise<void> {
    await this.database.delete("operations", seq);
  }

  /** What was kept under the name; undefined where nothing was. */
  async recall(name: string): Promise<unknown> {
    return this.database.get("kept", name);
  }

  async keep(name: string, value: unknown): Promise<void> {
    await this.database.put("kept", value, name);
  }

  /** As `keep`, and it is on the disk once this is done. */
  async keepForGood(name: string, value: unknown): Promise<void> {
    const change = this.database.transaction("kept", "readwrite", { durability: "strict" });
    await Promise.all([change.store.put(value, name), change.done]);
  }

  close(): void {
    this.database.close();
  }
}
