/**
 * The terminal: what a person does becomes operations, what the service says becomes the view.
 *
 * A scan is stored, then sent if there is a connection, and stays stored until it is answered.
 * Opening, taking over and completing need a connection, since what follows depends on them.
 */

import { cleanCode, LONGEST_CODE } from "../scan/codes";
import { type Kind, kindOf } from "../scan/feedback";
import { isRefused, Link, type LinkStatus } from "../scan/link";
import { type Operation, Operations, wire } from "../scan/operations";
import type { OperationMessage, Result, ServerMessage } from "../scan/protocol";
import { RepeatFilter } from "../scan/repeats";
import type { TallyState } from "../scan/tally";
import { knownOf } from "./known";
import { LateAnswers } from "./late";
import { codeOf, given, isKept, isOfTally, isOpening, needsLink } from "./messages";
import { Numbers } from "./numbers";
import type { TerminalOptions } from "./options";
import { Picking } from "./picking";
import { keepShown, recallShown } from "./shown";
import { SigningOut } from "./signing_out";
import { Tallying } from "./tallying";
import { EMPTY, type Feedback, type View } from "./view";
import type { Hands } from "./work";

const PERSON = "person";
const KNOWN = "known";

export class Terminal {
  readonly picking: Picking;
  readonly tallying: Tallying;
  readonly numbers: Numbers;
  private view: View = EMPTY;
  private connection = 0;
  private feedbacks = 0;
  private heard: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<() => void>();
  private readonly late: LateAnswers;
  private readonly operations: Operations;
  private readonly repeats = new RepeatFilter();
  private readonly link: Link;
  private readonly signingOut: SigningOut;
  private readonly options: TerminalOptions;

  constructor(options: TerminalOptions) {
    this.options = options;
    const hands: Hands = {
      view: () => this.view,
      change: (part) => this.change(part),
      tell: (feedback) => this.tell(feedback),
      ask: async (message) => {
        await this.ask(message);
      },
      isSettled: () => this.isSettled(),
      keepShown: () => keepShown(options.store, this.view),
      name: options.terminal,
    };
    this.picking = new Picking(hands, options.mode);
    this.tallying = new Tallying(hands, options.service, options.warehouse);
    this.late = new LateAnswers(hands);
    this.numbers = new Numbers(hands, {
      waiting: () => this.operations.waiting,
      scan: (code, quantity, number) => this.scan(code, quantity, number),
    });
    this.operations = new Operations(options.store, options.newId);
    this.signingOut = new SigningOut(options.store, options.signOut);
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
    const { store } = this.options;
    const person = await store.recall(PERSON);
    const shown = await recallShown(store);
    this.change({ known: knownOf(await store.recall(KNOWN)) });
    if (typeof person === "string") this.change({ person });
    await this.signingOut.load();
    if (shown) this.change(shown);
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

  /** Somebody signed in, or nobody is any more. */
  personIs(person: string | null): void {
    this.signingOut.end();
    this.keepPerson(person);
    this.change({ badge: null });
    this.link.restart();
  }

  /**
   * Sign out. Without a connection nothing is sent in the person's name any more, and the service
   * is told before anything else once there is one.
   */
  async leave(): Promise<void> {
    this.signingOut.begin();
    this.keepPerson(null);
    if (await this.signingOut.tell()) this.personIs(null);
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
      this.express("repeat");
      return;
    }
    this.change({ isRepeat: false });
    await this.use(code);
  }

  /** The next scan counts this many; null is one again. */
  setQuantity(quantity: string | null): void {
    this.change({ quantity });
  }

  async undo(): Promise<void> {
    await this.ask({ type: "undo" });
  }

  async takeOver(): Promise<void> {
    const { offer } = this.view;
    this.change({ offer: null });
    if (!offer) return;
    const { what, id } = offer;
    await this.ask({
      type: "take_over",
      ...(what === "order" ? { order: id } : { tally: id }),
    });
  }

  refuseOffer(): void {
    this.change({ offer: null });
  }

  noteLost(): void {
    this.change({ lost: null });
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
    const { session, tally, isBusy, link, known } = this.view;
    if (isRefused(link)) {
      this.change({ badge: code });
    } else if (isBusy) {
      this.tell({ kind: "busy", code });
    } else if (session || tally) {
      const quantity = tally || known.takesQuantities ? this.view.quantity : null;
      if (await this.numbers.use(code, quantity)) return;
      await this.scan(code, quantity);
    } else if (this.options.task() === "receive") {
      await this.tallying.receiveScanned(code);
    } else if (this.options.task() === "count") {
      await this.tallying.count(code);
    } else {
      await this.picking.open(code);
    }
  }

  private async scan(code: string, quantity: string | null, number: object = {}): Promise<void> {
    const at = this.options.now().toISOString();
    this.change({ quantity: null, lacking: null });
    const scan = { type: "scan", code, at, ...(quantity ? { quantity } : {}), ...number } as const;
    const isStored = await this.ask(scan);
    // it is scanned again, and counts as many
    if (!isStored) this.change({ quantity });
  }

  /** Keep an operation and send it; false where it could not be kept. */
  private async ask(message: OperationMessage): Promise<boolean> {
    const isOnline = this.view.link === "online";
    if (needsLink(message)) {
      if (!isOnline) {
        this.tell({ kind: "needs_link" });
        return false;
      }
      this.change({ isBusy: true });
    }
    const { session, tally } = this.view;
    try {
      await this.operations.add(message, {
        session: isOpening(message) ? null : (session?.session ?? null),
        tally: isOpening(message) ? null : (tally?.tally ?? null),
        person: this.view.person,
        isLate: !isOnline,
      });
    } catch {
      this.change({ isBusy: false });
      this.tell({ kind: "not_stored", ...codeOf(message) });
      return false;
    }
    this.changeWaiting();
    if (!isOnline) this.tell({ kind: "kept", count: this.view.waiting, ...codeOf(message) });
    this.sendUnsent();
    return true;
  }

  private isSettled(): boolean {
    const count = this.operations.waitingOf(this.view.person).length;
    if (count > 0) this.tell({ kind: "busy", count });
    return count === 0;
  }

  private sendUnsent(): void {
    if (this.link.status !== "online" || this.signingOut.isOwed) return;
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
    if (this.signingOut.isOwed) {
      void this.leave();
      return;
    }
    if (welcome.name && welcome.name !== this.view.person) this.keepPerson(welcome.name);
    // what was kept for what is gone is sent all the same: each gets its own answer
    if (this.view.session && welcome.session === null) this.picking.show(null);
    if (this.view.tally && welcome.tally === null) this.tallying.show(null);
    this.sendUnsent();
    void this.learn();
  }

  /** Without an answer what was known before holds. */
  private async learn(): Promise<void> {
    try {
      const known = await this.options.service.known();
      this.change({ known });
      await this.options.store.keep(KNOWN, known);
    } catch {
      // the next connection is another try
    }
  }

  /** One after the other, as they came: what an answer opened may be lost with the next message. */
  private received(message: ServerMessage): void {
    const taken = this.heard.then(() => this.take(message));
    // one that cannot be taken does not keep those behind it from being heard
    this.heard = taken.catch((error: unknown) =>
      queueMicrotask(() => {
        throw error;
      }),
    );
  }

  private async take(message: ServerMessage): Promise<void> {
    switch (message.type) {
      case "state":
        this.picking.take(message.state);
        if (message.op) await this.answered(message.op, () => this.picking.opened(message.state));
        return;
      case "tally":
        if (message.op) await this.openedTally(message.op, message.tally);
        else this.tallying.take(message.tally);
        return;
      case "result":
        await this.answered(message.result.op, (operation) =>
          this.judge(operation, message.result),
        );
        return;
      case "error":
        if (message.op) {
          await this.answered(message.op, (operation) => this.refused(operation, message));
        } else {
          const { reason, about } = message;
          this.change({ isBusy: false });
          this.tell({ kind: "refused", reason, about });
        }
        return;
      case "lost":
        if (message.tally === null) this.picking.lost(message.to);
        else this.tallying.lost(message.to, message.tally);
        return;
      default:
        return;
    }
  }

  private async answered(op: string, use: (operation: Operation) => void): Promise<void> {
    const operation = await this.operations.answered(op);
    if (!operation) return;
    this.changeWaiting();
    if (needsLink(operation.message)) this.change({ isBusy: false });
    use(operation);
    if (!this.operations.waitingOf(this.view.person).some(isKept)) this.late.tell();
  }

  private async openedTally(op: string, tally: TallyState | null): Promise<void> {
    this.tallying.take(tally);
    await this.answered(op, () => this.tallying.opened(tally));
  }

  private judge(operation: Operation, result: Result): void {
    const work = isOfTally(operation) ? this.tallying : this.picking;
    const kind = kindOf(result.outcome);
    if (this.numbers.askAgain(operation, kind, result)) {
      // it has arrived, and goes on from there
      if (isKept(operation)) this.late.note(operation, "sent", { reason: null });
      return;
    }
    work.judge(operation, kind, result);
    const reason = kind === "refused" ? result.outcome : null;
    const { code } = codeOf(operation.message);
    // what the scan was is not said twice
    const found = result.found === code ? null : result.found;
    if (isKept(operation)) {
      this.late.note(operation, kind, { reason, ...given("heldBy", result.heldBy) });
      return;
    }
    this.tell({
      kind,
      ...given("code", code ?? null),
      ...work.about(result),
      ...given("owner", result.ownerName ?? result.owner),
      ...given("reason", reason ?? found),
    });
  }

  private refused(operation: Operation, refusal: ServerMessage & { type: "error" }): void {
    const { reason, about } = refusal;
    const work = isOfTally(operation) ? this.tallying : this.picking;
    if (work.refused(operation, reason, about)) return;
    if (isKept(operation)) this.late.note(operation, "refused", { reason, about });
    else this.tell({ kind: "refused", reason, about, ...codeOf(operation.message) });
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
    this.express(feedback.kind);
  }

  /** A device that makes no sound at the moment is used all the same. */
  private express(kind: Kind): void {
    try {
      this.options.express(kind);
    } catch {
      // colour and words say it, too
    }
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
