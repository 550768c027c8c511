/**
 * What a person did, kept until the service has answered it.
 *
 * An operation is stored before anything else is done with it, so that a page that is killed loses
 * none; its id lets the service apply it once, however often it is sent.
 */

import type { OperationMessage } from "./protocol";

export interface Operation {
  /** Counts up for this terminal, also after operations are gone. */
  seq: number;
  op: string;
  /** The picking session it was meant for; null before one is open. */
  session: string | null;
  /** The tally it was meant for; null before one is open, and in what an older page stored. */
  tally?: string | null;
  /** Who did it; null where the page does not know. */
  person: string | null;
  /** It was done while the service could not be reached, so its answer comes late. */
  isLate: boolean;
  message: OperationMessage;
}

/** Keeps operations over the end of the page. */
export interface OperationStore {
  /** Store it under the next number, which is the answer. */
  add(operation: Omit<Operation, "seq">): Promise<number>;
  /** All that are kept, by number. */
  all(): Promise<Operation[]>;
  remove(seq: number): Promise<void>;
}

export class Operations {
  private kept: Operation[] = [];
  private readonly sentOn = new Map<string, number>();
  private last: Promise<unknown> = Promise.resolve();
  private readonly store: OperationStore;
  private readonly newId: () => string;

  constructor(store: OperationStore, newId: () => string) {
    this.store = store;
    this.newId = newId;
  }

  /** Take what an earlier page left; its answers come late. */
  async load(): Promise<void> {
    const before = await this.store.all();
    this.kept = [...before.map((operation) => ({ ...operation, isLate: true })), ...this.kept];
  }

  /** Those without an answer, in the order they were done. */
  get waiting(): readonly Operation[] {
    return this.kept;
  }

  /** Those of a person, and those of whom the page does not know whose they are. */
  waitingOf(person: string | null): Operation[] {
    return this.kept.filter((operation) => belongsTo(operation, person));
  }

  /** Store an operation; it may be sent once this is done. One after another, as they were done. */
  add(
    message: OperationMessage,
    about: Pick<Operation, "session" | "tally" | "person" | "isLate">,
  ): Promise<Operation> {
    const added = this.last.then(async () => {
      const unnumbered = { op: this.newId(), message, ...about };
      const operation = { seq: await this.store.add(unnumbered), ...unnumbered };
      this.kept.push(operation);
      return operation;
    });
    this.last = added.catch(() => undefined);
    return added;
  }

  /**
   * What goes out on this connection now: all that were not sent on it yet, in order.
   * Those of another person wait for that person, since the service notes who did what.
   */
  takeUnsent(connection: number, person: string | null): Operation[] {
    const unsent = this.kept.filter(
      (operation) => this.sentOn.get(operation.op) !== connection && belongsTo(operation, person),
    );
    for (const operation of unsent) this.sentOn.set(operation.op, connection);
    return unsent;
  }

  /** The connection is gone: whatever waits now is answered late. */
  markLate(): void {
    this.kept = this.kept.map((operation) => ({ ...operation, isLate: true }));
  }

  /** How many wait for another person to sign in, and who that is. */
  ofOthers(person: string | null): { person: string; count: number } | null {
    const others = this.kept.filter((operation) => !belongsTo(operation, person));
    const first = others[0]?.person;
    return first ? { person: first, count: others.length } : null;
  }

  /** Forget an operation that was answered; null where it was answered before. */
  async answered(op: string): Promise<Operation | null> {
    const operation = this.kept.find((one) => one.op === op);
    if (!operation) return null;
    this.kept = this.kept.filter((one) => one !== operation);
    this.sentOn.delete(op);
    // what stays in the store is sent again by the next page, and changes nothing
    await this.store.remove(operation.seq).catch(() => undefined);
    return operation;
  }

  /** Forget what is not this person's, by their own choice. */
  async discardOfOthers(person: string | null): Promise<void> {
    const others = this.kept.filter((operation) => !belongsTo(operation, person));
    for (const operation of others) await this.answered(operation.op);
  }
}

function belongsTo(operation: Operation, person: string | null): boolean {
  return operation.person === null || person === null || operation.person === person;
}

/** The message as it goes out. */
export function wire(operation: Operation): object {
  const { op, seq, session, tally, message } = operation;
  return { op, seq, ...(session && { session }), ...(tally && { tally }), ...message };
}
