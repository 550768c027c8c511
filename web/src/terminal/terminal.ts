/**
 * The terminal: what a person does becomes operations, what the service says becomes the view.
 *
 * A scan is stored, then sent if there is a connection, and stays stored until it is answered.
 * Opening, taking over and completing need a connection, since what follows depends on them.
 */

import { cleanCode, LONGEST_CODE } from "../scan/codes";
import { isGood, type Kind, kindOf } from "../scan/feedback";
import { isRefused, Link, type LinkStatus } from "../scan/link";
import { type Operation, Operations, wire } from "../scan/operations";
import type {
  LineId,
  OperationMessage,
  Rest,
  Result,
  ServerMessage,
  SessionState,
} from "../scan/protocol";
import { RepeatFilter } from "../scan/repeats";
import { stepId } from "../scan/walk";
import { codeOf, given, isKept, isWithoutSession, NEEDS_LINK } from "./messages";
import { Numbers } from "./numbers";
import type { TerminalOptions } from "./options";
import { EMPTY, type Feedback, type View } from "./view";

const NOTHING_TO_PICK = "nothing_to_pick";
const SHOWN = "shown";
const PERSON = "person";

export class Terminal {
  private view: View = EMPTY;
  private connection = 0;
  private closedSession: string | null = null;
  private lateArrived = 0;
  private lateWrong = 0;
  private feedbacks = 0;
  private heard: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<() => void>();
  private readonly operations: Operations;
  private readonly repeats = new RepeatFilter();
  private readonly numbers = new Numbers({
    view: () => this.view,
    change: (part) => this.change(part),
    tell: (feedback) => this.tell(feedback),
    waiting: () => this.operations.waiting,
    scan: (code, quantity, number) => this.scan(code, quantity, number),
  });
  private readonly link: Link;
  private readonly options: TerminalOptions;

  constructor(options: TerminalOptions) {
    this.options = options;
    this.operations = new Operations(options.store, options.newId);
    this.link = new Link({
      open: options.openSocket,
      hello: () => {
        const [terminal, pairing] = [options.terminal(), options.pairing()];
        return pairing ? { terminal, pairing } : { terminal };
      },
      random: options.random,
      listener: {
        changed: (status) => this.linkChanged(status),
        welcomed: (welcome, connection) => this.welcomed(welcome, connection),
        received: (message) => this.received(message),
      },
    });
  }

  /** Go on where the last page ended, and connect. */
  async start(): Promise<void> {
    await this.operations.load();
    const person = await this.options.store.recall(PERSON);
    const shown = await this.options.store.recall(SHOWN);
    if (typeof person === "string") this.change({ person });
    if (isShown(shown)) {
      this.change({ session: shown.session, skipped: new Set(shown.skipped) });
    }
    this.changeWaiting();
    this.link.start();
  }

  stop(): void {
    this.link.stop();
  }

  /** The network may be back, or the page is looked at again: do not wait for the next try. */
  wake(): void {
    if (this.view.link === "offline") this.link.start();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): View => this.view;

  /** Somebody signed in, or out. */
  personIs(person: string | null): void {
    this.keepPerson(person);
    this.change({ badge: null });
    this.link.restart();
  }

  /** The terminal has another name. */
  renamed(): void {
    this.link.restart();
  }

  /** A code was read. `time` is in milliseconds on any one clock. */
  async read(raw: string, time: number): Promise<void> {
    this.change({ scans: this.view.scans + 1 });
    const code = cleanCode(raw, this.options.wrapping());
    if (!code) return;
    if (code.length > LONGEST_CODE) {
      this.tell({ kind: "too_long", code: code.slice(0, 20) });
      return;
    }
    if (this.repeats.isRepeat(code, time, this.options.repeatWindowMs())) {
      this.change({ isRepeat: true });
      this.options.express("repeat");
      return;
    }
    this.change({ isRepeat: false });
    await this.use(code);
  }

  async next(): Promise<void> {
    await this.ask({ type: "next" });
  }

  async openCluster(): Promise<void> {
    const orders = [...this.view.cluster];
    if (orders.length === 0) return;
    await this.ask({ type: "open", orders, mode: "cluster" });
  }

  removeFromCluster(order: string): void {
    this.change({ cluster: this.view.cluster.filter((one) => one !== order) });
  }

  /** The next scan counts this many; null is one again. */
  setQuantity(quantity: string | null): void {
    this.change({ quantity });
  }

  /** Do without the number that is asked for: its scan does not count. */
  dropAsked(): void {
    this.numbers.drop();
  }

  async undo(): Promise<void> {
    await this.ask({ type: "undo" });
  }

  async skip(order: string, line: LineId): Promise<void> {
    this.change({ skipped: new Set([...this.view.skipped, stepId(order, line)]) });
    await this.ask({ type: "skip", line });
  }

  async putBack(line: LineId, quantity: string): Promise<void> {
    await this.ask({ type: "put_back", line, quantity });
  }

  async short(line: LineId, quantity: string, reason: string, rest: Rest): Promise<void> {
    await this.ask({ type: "short", line, quantity, reason, rest });
  }

  async complete(): Promise<void> {
    const waiting = this.operations.waitingOf(this.view.person).length;
    if (waiting > 0) {
      this.tell({ kind: "busy", count: waiting });
      return;
    }
    await this.ask({ type: "complete" });
  }

  async takeOver(): Promise<void> {
    const { offer } = this.view;
    this.change({ offer: null });
    if (offer) await this.ask({ type: "take_over", order: offer.order });
  }

  refuseOffer(): void {
    this.change({ offer: null });
  }

  noteLost(): void {
    this.change({ lostTo: null });
  }

  noteLate(): void {
    this.change({ late: [] });
  }

  async discardOfOthers(): Promise<void> {
    await this.operations.discardOfOthers(this.view.person);
    this.changeWaiting();
  }

  // --- what a code is used for ----------------------------------------------------------------

  private async use(code: string): Promise<void> {
    const { session, quantity, isBusy, link } = this.view;
    if (isRefused(link)) {
      this.change({ badge: code });
    } else if (isBusy) {
      this.tell({ kind: "busy", code });
    } else if (session) {
      const [asked] = this.view.asked;
      if (asked) {
        await this.numbers.take(code, asked, session);
        return;
      }
      this.change({ quantity: null });
      if (!this.numbers.mustAsk(code, quantity, session)) await this.scan(code, quantity);
    } else if (this.options.mode() === "cluster") {
      this.collect(code);
    } else {
      await this.ask({ type: "open", orders: [code], mode: this.options.mode() });
    }
  }

  private async scan(code: string, quantity: string | null, number: object = {}): Promise<void> {
    const at = this.options.now().toISOString();
    await this.ask({ type: "scan", code, at, ...(quantity ? { quantity } : {}), ...number });
  }

  private collect(code: string): void {
    if (this.view.cluster.includes(code)) {
      this.tell({ kind: "repeat", code });
      return;
    }
    this.change({ cluster: [...this.view.cluster, code] });
    this.tell({ kind: "opened", code });
  }

  private async ask(message: OperationMessage): Promise<void> {
    const isOnline = this.view.link === "online";
    const isOpening = NEEDS_LINK.has(message.type);
    if (isOpening && !isOnline) {
      this.tell({ kind: "needs_link" });
      return;
    }
    if (isOpening) this.change({ isBusy: true });
    try {
      await this.operations.add(message, {
        session: isWithoutSession(message) ? null : (this.view.session?.session ?? null),
        person: this.view.person,
        isLate: !isOnline,
      });
    } catch {
      this.change({ isBusy: false });
      this.tell({ kind: "not_stored", ...codeOf(message) });
      return;
    }
    this.changeWaiting();
    if (!isOnline) this.tell({ kind: "kept", count: this.view.waiting, ...codeOf(message) });
    this.sendUnsent();
  }

  private sendUnsent(): void {
    if (this.link.status !== "online") return;
    for (const operation of this.operations.takeUnsent(this.connection, this.view.person)) {
      this.link.send(wire(operation));
    }
  }

  // --- what the service says ------------------------------------------------------------------

  private linkChanged(link: LinkStatus): void {
    if (link !== "online") this.operations.markLate();
    this.change({ link, isBusy: false });
  }

  private welcomed(welcome: ServerMessage & { type: "welcome" }, connection: number): void {
    this.connection = connection;
    if (welcome.name && welcome.name !== this.view.person) this.keepPerson(welcome.name);
    const isGone = this.view.session && welcome.session !== this.view.session.session;
    // what was kept for a session that is gone is sent all the same: each gets its own answer
    if (isGone && welcome.session === null) this.showSession(null);
    this.sendUnsent();
  }

  /** One after the other, as they came: what an answer opened may be lost with the next message. */
  private received(message: ServerMessage): void {
    this.heard = this.heard.then(() => this.take(message));
  }

  private async take(message: ServerMessage): Promise<void> {
    switch (message.type) {
      case "state":
        this.takeState(message.state);
        if (message.op) await this.answered(message.op, () => this.opened(message.state));
        return;
      case "result":
        await this.answered(message.result.op, (operation) =>
          this.judge(operation, message.result),
        );
        return;
      case "error":
        if (message.op) {
          await this.answered(message.op, (operation) => this.refused(operation, message.reason));
        } else {
          this.change({ isBusy: false });
          this.tell({ kind: "refused", reason: message.reason });
        }
        return;
      case "lost":
        this.showSession(null);
        this.change({ lostTo: message.to, isBusy: false });
        this.tell({ kind: "lost", owner: message.to });
        return;
      default:
        return;
    }
  }

  private takeState(state: SessionState | null): void {
    if (state && state.session === this.closedSession) return;
    const { session } = this.view;
    const isOlder = state && session?.session === state.session && state.version < session.version;
    if (!isOlder) this.showSession(state && this.isMine(state) ? state : null);
  }

  private async answered(op: string, use: (operation: Operation) => void): Promise<void> {
    const operation = await this.operations.answered(op);
    if (!operation) return;
    this.changeWaiting();
    if (NEEDS_LINK.has(operation.message.type)) this.change({ isBusy: false });
    use(operation);
    this.tellLate();
  }

  /** Whether it goes on here; the order of somebody else is shown to whoever asks for it, too. */
  private isMine({ isOpen, owner }: SessionState): boolean {
    return isOpen && (owner === null || owner === this.options.terminal());
  }

  private opened(state: SessionState | null): void {
    const [order] = state?.orders ?? [];
    if (!state || !order) {
      this.tell({ kind: "nothing_to_do" });
    } else if (this.isMine(state)) {
      this.change({ cluster: [], offer: null });
      this.tell({ kind: "opened", code: order.number });
    } else if (state.isOpen) {
      this.offer(order.order, order.number, state.ownerName ?? state.owner);
      this.tell({ kind: "owned_by_other", ...given("owner", state.ownerName ?? state.owner) });
    }
  }

  private offer(order: string, number: string, owner: string | null): void {
    this.change({ offer: { order, number, owner } });
  }

  private judge(operation: Operation, result: Result): void {
    const { message } = operation;
    const kind = kindOf(result.outcome);
    if (kind === "completed") this.close(operation);
    if (kind === "no_session" && !isKept(operation)) this.showSession(null);
    if (kind === "owned_by_other" && (message.type === "open" || message.type === "next")) {
      const order = result.order ?? (message.type === "open" ? message.orders[0] : undefined);
      if (order) this.offer(order, order, result.ownerName ?? result.owner);
    }
    if (this.numbers.askAgain(operation, kind, result)) {
      this.lateArrived += isKept(operation) ? 1 : 0;
      return;
    }
    const reason = kind === "refused" ? result.outcome : null;
    if (isKept(operation)) {
      this.noteArrival(operation, kind, reason);
      return;
    }
    this.tell({
      kind,
      ...codeOf(message),
      ...this.lineOf(result),
      ...given("picked", result.picked),
      ...given("ordered", result.ordered),
      ...given("bin", this.view.session?.mode === "cluster" ? result.bin : null),
      ...given("owner", result.ownerName ?? result.owner),
      ...given("reason", reason ?? result.found),
    });
  }

  private refused(operation: Operation, reason: string): void {
    if (reason === NOTHING_TO_PICK) this.tell({ kind: "nothing_to_do" });
    else if (isKept(operation)) this.noteArrival(operation, "refused", reason);
    else this.tell({ kind: "refused", reason, ...codeOf(operation.message) });
  }

  private close(operation: Operation): void {
    this.closedSession = operation.session;
    if (this.view.session?.session === operation.session) this.showSession(null);
  }

  private lineOf(result: Result): Partial<Feedback> {
    if (result.name) return { name: result.name };
    const lines = this.view.session?.orders.flatMap((order) => order.lines) ?? [];
    const line = lines.find((one) => String(one.line) === String(result.line));
    return line ? { name: line.name } : {};
  }

  /** What was kept is answered together: one sound for all, and a list of what went wrong. */
  private noteArrival(operation: Operation, kind: Kind, reason: string | null): void {
    this.lateArrived += 1;
    if (isGood(kind)) return;
    this.lateWrong += 1;
    const { message, op } = operation;
    const code = message.type === "scan" ? message.code : null;
    this.change({ late: [...this.view.late, { op, kind, code, reason }] });
  }

  private tellLate(): void {
    const waiting = this.operations.waitingOf(this.view.person);
    if (this.lateArrived === 0 || waiting.some(isKept)) return;
    const count = this.lateArrived;
    const [wrong] = this.lateWrong > 0 ? this.view.late.slice(-this.lateWrong) : [];
    this.lateArrived = 0;
    this.lateWrong = 0;
    if (wrong) this.tell({ kind: wrong.kind, ...given("code", wrong.code) });
    else this.tell({ kind: "sent", count });
  }

  private keepPerson(person: string | null): void {
    this.change({ person });
    this.changeWaiting();
    // without it the next page does not know whose the scans are until the service says who it is
    this.options.store.keep(PERSON, person).catch(() => undefined);
  }

  // --- the view -------------------------------------------------------------------------------

  private tell(feedback: Omit<Feedback, "id">): void {
    this.feedbacks += 1;
    this.change({ feedback: { id: this.feedbacks, ...feedback } });
    this.options.express(feedback.kind);
  }

  private showSession(session: SessionState | null): void {
    const isAnother = session?.session !== this.view.session?.session;
    const skipped = isAnother ? new Set<string>() : this.view.skipped;
    this.change({ session, skipped, ...(isAnother ? { quantity: null, asked: [] } : {}) });
    // only what the page shows before the service has answered again: losing it loses nothing
    this.options.store.keep(SHOWN, { session, skipped: [...skipped] }).catch(() => undefined);
  }

  private changeWaiting(): void {
    this.change({
      waiting: this.operations.waiting.length,
      others: this.operations.ofOthers(this.view.person),
    });
  }

  private change(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    for (const listener of this.listeners) listener();
  }
}

function isShown(value: unknown): value is { session: SessionState; skipped: string[] } {
  return (
    typeof value === "object" && value !== null && "session" in value && value.session !== null
  );
}
