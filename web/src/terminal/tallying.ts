/** Receiving deliveries and counting shelves: the same as picking, for tallies. */

import type { Kind } from "../scan/feedback";
import type { Operation } from "../scan/operations";
import type { LineId, Result } from "../scan/protocol";
import type { TallyState } from "../scan/tally";
import type { ServiceReads } from "./known";
import { given, isKept } from "./messages";
import type { Feedback } from "./view";
import type { Hands } from "./work";

const LOCATION_TAKEN = "location_taken";

export class Tallying {
  private closed: string | null = null;
  /** The one that was shown here last. */
  private last: TallyState | null = null;
  private readonly hands: Hands;
  private readonly service: ServiceReads;
  private readonly warehouse: () => string;

  constructor(
    hands: Hands,
    service: ServiceReads,
    /** The code of the warehouse that was chosen here; empty where there is no choice. */
    warehouse: () => string,
  ) {
    this.hands = hands;
    this.service = service;
    this.warehouse = warehouse;
  }

  /** Read again what is to be received. Without an answer the list stays as it was. */
  readDeliveries = async (): Promise<void> => {
    try {
      this.hands.change({ deliveries: await this.service.deliveries(), hasListTrouble: false });
    } catch {
      this.hands.change({ hasListTrouble: true });
    }
  };

  /** Read again which shelves are being counted. */
  readShelves = async (): Promise<void> => {
    try {
      this.hands.change({ shelves: await this.service.shelves(), hasListTrouble: false });
    } catch {
      this.hands.change({ hasListTrouble: true });
    }
  };

  async receive(reception: string): Promise<void> {
    await this.hands.ask({ type: "receive", reception });
  }

  /** Receive what nobody announced. */
  async receiveUnannounced(reference: string, supplier: string): Promise<void> {
    this.hands.change({ unannounced: null });
    await this.hands.ask({
      type: "receive",
      reference,
      ...(supplier ? { supplier } : {}),
      ...this.where(),
    });
  }

  /** A delivery note was scanned: what was announced under it, or else its beginning. */
  async receiveScanned(code: string): Promise<void> {
    if (this.hands.view().link !== "online") {
      this.hands.tell({ kind: "needs_link" });
      return;
    }
    const wanted = code.toLowerCase();
    const fitting = this.hands
      .view()
      .deliveries?.filter(({ reference }) => reference.toLowerCase() === wanted);
    const [only] = fitting?.length === 1 ? fitting : [];
    if (only) {
      await this.receive(only.id);
      return;
    }
    this.hands.change({ unannounced: code });
    this.hands.tell({ kind: "no_delivery", code });
  }

  /** Open or close the form of a delivery that nobody announced. */
  setUnannounced(reference: string | null): void {
    this.hands.change({ unannounced: reference });
  }

  /** `warehouse` is that of a count that was begun; else it is the one that was chosen here. */
  async count(location: string, warehouse = ""): Promise<void> {
    await this.hands.ask({
      type: "count",
      location,
      ...(warehouse ? { warehouse } : this.where()),
    });
  }

  /** A line is looked at: it is shown large until another is scanned. */
  choose(line: LineId): void {
    this.hands.change({ current: line });
  }

  /** So many are there in all. */
  async set(line: LineId, quantity: string): Promise<void> {
    this.choose(line);
    await this.hands.ask({ type: "set", line, quantity });
  }

  /** None of these was found. */
  async setNone(lines: readonly LineId[]): Promise<void> {
    for (const line of lines) await this.hands.ask({ type: "set", line, quantity: "0" });
  }

  async complete(): Promise<void> {
    this.hands.change({ lacking: null });
    if (this.hands.isSettled()) await this.hands.ask({ type: "complete" });
  }

  /** Complete without what is missing. */
  async completeWithout(): Promise<void> {
    this.hands.change({ lacking: null });
    if (this.hands.isSettled()) await this.hands.ask({ type: "complete", accept_missing: true });
  }

  noteLacking(): void {
    this.hands.change({ lacking: null });
  }

  async leave(): Promise<void> {
    if (this.hands.isSettled()) await this.hands.ask({ type: "leave" });
  }

  // --- what the service says ------------------------------------------------------------------

  take(state: TallyState | null): void {
    if (!state) {
      this.show(null);
      return;
    }
    const shown = this.hands.view().tally;
    const isShown = shown?.tally === state.tally;
    if (state.tally === this.closed || (isShown && state.version < shown.version)) return;
    if (this.isMine(state)) this.show(state);
    else if (isShown) this.show(null);
  }

  show(tally: TallyState | null): void {
    const isAnother = tally?.tally !== this.hands.view().tally?.tally;
    this.last = tally ?? this.last;
    const fresh = isAnother ? { current: null, lacking: null, quantity: null, asked: [] } : {};
    this.hands.change({ tally, ...fresh });
    this.hands.keepShown();
  }

  /** Another terminal has it now; whether its state came before this or not, it was ours. */
  lost(to: string, tally: string): void {
    const was = this.hands.view().tally ?? this.last;
    if (was?.tally !== tally) return;
    this.show(null);
    this.hands.change({ lost: { what: was.kind, to }, isBusy: false });
    this.hands.tell({ kind: "lost", owner: to });
  }

  opened(state: TallyState | null): void {
    if (!state) {
      this.hands.tell({ kind: "no_tally" });
      return;
    }
    const name = nameOf(state);
    if (this.isMine(state)) {
      this.hands.change({ offer: null, unannounced: null });
      const kind = state.kind === "count" ? "counting" : "receiving";
      this.hands.tell({ kind, ...given("name", name) });
    } else if (state.isOpen) {
      const owner = state.ownerName ?? state.terminal;
      this.hands.change({
        offer: { what: state.kind, id: state.tally, name: name ?? "", owner },
      });
      this.hands.tell({ kind: "owned_by_other", ...given("owner", owner) });
    } else {
      this.hands.tell({ kind: "no_tally", ...given("name", name) });
    }
  }

  judge(operation: Operation, kind: Kind, result: Result): void {
    const tally = operation.tally ?? null;
    const isShown = tally !== null && this.hands.view().tally?.tally === tally;
    if (kind === "completed") this.closed = tally;
    if (isShown && (kind === "completed" || kind === "left")) this.show(null);
    if (kind === "no_tally" && isShown && !isKept(operation)) this.show(null);
    if (!isShown || isKept(operation)) return;
    if (kind === "incomplete") this.hands.change({ lacking: result.lines });
    if (kind === "set") this.isSet(result.line);
    if (result.line !== null) this.hands.change({ current: result.line });
  }

  /** What is shown of a result beside its words. */
  about(result: Result): Partial<Feedback> {
    return {
      ...given("name", result.name),
      ...(result.line !== null && { line: result.line }),
      ...given("picked", result.counted),
      ...given("ordered", result.expected),
    };
  }

  /** Whether a refusal is an answer of its own kind: the shelf is counted by somebody else. */
  refused(operation: Operation, reason: string, about: Readonly<Record<string, string>>): boolean {
    const { message } = operation;
    if (reason !== LOCATION_TAKEN || message.type !== "count" || !about.tally) return false;
    const owner = about.owner_name || about.owner || null;
    this.hands.change({
      offer: { what: "count", id: about.tally, name: message.location, owner },
    });
    this.hands.tell({ kind: "owned_by_other", ...given("owner", owner) });
    return true;
  }

  private isSet(line: LineId | null): void {
    const left = this.hands.view().lacking?.filter((one) => String(one.line) !== String(line));
    this.hands.change({ lacking: left?.length ? left : null });
  }

  private isMine({ isOpen, terminal }: TallyState): boolean {
    return isOpen && terminal === this.hands.name();
  }

  private where(): { warehouse?: string } {
    const { warehouses } = this.hands.view().known;
    const warehouse = this.warehouse();
    const isOne = warehouses.length > 1 && warehouses.some(({ code }) => code === warehouse);
    return isOne ? { warehouse } : {};
  }
}

function nameOf({ kind, location, reference }: TallyState): string | null {
  return kind === "count" ? location : reference;
}
