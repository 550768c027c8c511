/** Picking orders: what a person does becomes messages, what the service says is shown. */

import type { Kind } from "../scan/feedback";
import type { Operation } from "../scan/operations";
import type { LineId, Mode, Rest, Result, SessionState } from "../scan/protocol";
import { stepId } from "../scan/walk";
import { given, isKept } from "./messages";
import type { Feedback } from "./view";
import type { Hands } from "./work";

const NOTHING_TO_PICK = "nothing_to_pick";

export class Picking {
  private closed: string | null = null;
  private readonly hands: Hands;
  private readonly mode: () => Mode;

  constructor(hands: Hands, mode: () => Mode) {
    this.hands = hands;
    this.mode = mode;
  }

  async next(): Promise<void> {
    await this.hands.ask({ type: "next" });
  }

  /** An order's number was scanned: it is opened, or collected with others for one walk. */
  async open(code: string): Promise<void> {
    const mode = this.mode();
    if (mode !== "cluster") {
      await this.hands.ask({ type: "open", orders: [code], mode });
      return;
    }
    const { cluster } = this.hands.view();
    if (cluster.includes(code)) {
      this.hands.tell({ kind: "repeat", code });
      return;
    }
    this.hands.change({ cluster: [...cluster, code] });
    this.hands.tell({ kind: "opened", code });
  }

  async openCluster(): Promise<void> {
    const orders = [...this.hands.view().cluster];
    if (orders.length === 0) return;
    await this.hands.ask({ type: "open", orders, mode: "cluster" });
  }

  removeFromCluster(order: string): void {
    this.hands.change({ cluster: this.hands.view().cluster.filter((one) => one !== order) });
  }

  async skip(order: string, line: LineId): Promise<void> {
    this.hands.change({ skipped: new Set([...this.hands.view().skipped, stepId(order, line)]) });
    await this.hands.ask({ type: "skip", line });
  }

  async putBack(line: LineId, quantity: string): Promise<void> {
    await this.hands.ask({ type: "put_back", line, quantity });
  }

  async short(line: LineId, quantity: string, reason: string, rest: Rest): Promise<void> {
    await this.hands.ask({ type: "short", line, quantity, reason, rest });
  }

  async complete(): Promise<void> {
    if (this.hands.isSettled()) await this.hands.ask({ type: "complete" });
  }

  // --- what the service says ------------------------------------------------------------------

  take(state: SessionState | null): void {
    if (state && state.session === this.closed) return;
    const { session } = this.hands.view();
    const isOlder = state && session?.session === state.session && state.version < session.version;
    if (!isOlder) this.show(state && this.isMine(state) ? state : null);
  }

  show(session: SessionState | null): void {
    const view = this.hands.view();
    const isAnother = session?.session !== view.session?.session;
    const skipped = isAnother ? new Set<string>() : view.skipped;
    this.hands.change({ session, skipped, ...(isAnother ? { quantity: null, asked: [] } : {}) });
    this.hands.keepShown();
  }

  /** Another terminal has it now. */
  lost(to: string): void {
    this.show(null);
    this.hands.change({ lost: { what: "order", to }, isBusy: false });
    this.hands.tell({ kind: "lost", owner: to });
  }

  opened(state: SessionState | null): void {
    const [order] = state?.orders ?? [];
    if (!state || !order) {
      this.hands.tell({ kind: "nothing_to_do" });
    } else if (this.isMine(state)) {
      this.hands.change({ cluster: [], offer: null });
      this.hands.tell({ kind: "opened", code: order.number });
    } else if (state.isOpen) {
      const owner = state.ownerName ?? state.owner;
      this.offer(order.order, order.number, owner);
      this.hands.tell({ kind: "owned_by_other", ...given("owner", owner) });
    }
  }

  judge(operation: Operation, kind: Kind, result: Result): void {
    const { message, session } = operation;
    if (kind === "completed") {
      this.closed = session;
      if (this.hands.view().session?.session === session) this.show(null);
    }
    if (kind === "no_session" && !isKept(operation)) this.show(null);
    if (kind === "owned_by_other" && (message.type === "open" || message.type === "next")) {
      const order = result.order ?? (message.type === "open" ? message.orders[0] : undefined);
      if (order) this.offer(order, order, result.ownerName ?? result.owner);
    }
  }

  /** What is shown of a result beside its words. */
  about(result: Result): Partial<Feedback> {
    const { session } = this.hands.view();
    const lines = session?.orders.flatMap((order) => order.lines) ?? [];
    const line = lines.find((one) => String(one.line) === String(result.line));
    return {
      ...given("name", result.name ?? line?.name ?? null),
      ...given("picked", result.picked),
      ...given("ordered", result.ordered),
      ...given("heldBy", result.heldBy),
      ...given("bin", session?.mode === "cluster" ? result.bin : null),
    };
  }

  /** Whether a refusal is an answer of its own kind. */
  refused(_operation: Operation, reason: string): boolean {
    if (reason !== NOTHING_TO_PICK) return false;
    this.hands.tell({ kind: "nothing_to_do" });
    return true;
  }

  /** Whether it goes on here; the order of somebody else is shown to whoever asks for it, too. */
  private isMine({ isOpen, owner }: SessionState): boolean {
    return isOpen && (owner === null || owner === this.hands.name());
  }

  private offer(id: string, name: string, owner: string | null): void {
    this.hands.change({ offer: { what: "order", id, name, owner } });
  }
}
