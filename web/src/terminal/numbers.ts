/** Asks for the lot or serial number of goods that need one before their scan counts. */

import type { Kind } from "../scan/feedback";
import type { Operation } from "../scan/operations";
import type { Result } from "../scan/protocol";
import {
  type Asked,
  isSerialUsed,
  isTracked,
  LONGEST_NUMBER,
  numberIn,
  pickingOf,
  tallyingOf,
  tellsNumber,
  trackedLine,
  type Work,
} from "../scan/tracking";
import type { Hands } from "./work";

export interface NumbersOptions {
  waiting: () => readonly Operation[];
  scan: (code: string, quantity: string | null, number: object) => Promise<void>;
}

export class Numbers {
  private readonly hands: Hands;
  private readonly options: NumbersOptions;

  constructor(hands: Hands, options: NumbersOptions) {
    this.hands = hands;
    this.options = options;
  }

  /** Whether a scan is the number asked for, or must be asked about before it counts. */
  async use(code: string, quantity: string | null): Promise<boolean> {
    const work = this.work();
    if (!work) return false;
    const [asked] = this.hands.view().asked;
    if (asked) {
      await this.take(code, asked, work);
      return true;
    }
    if (!this.mustAsk(code, quantity, work)) return false;
    this.hands.change({ quantity: null });
    return true;
  }

  /** Ask for the number that the goods need, or refuse what the service would refuse later. */
  private mustAsk(code: string, quantity: string | null, work: Work): boolean {
    const line = trackedLine(work, code);
    if (!line || !isTracked(line.tracking)) return false;
    const { name, tracking, codes } = line;
    if (tracking === "serial" && quantity) {
      this.hands.tell({ kind: "refused", reason: "quantity_not_allowed", code, name });
      return true;
    }
    const asked: Asked = { tracking, code, quantity, name, codes };
    if (tellsNumber(code, tracking)) {
      return this.isUsed(numberIn(code, asked), asked, work);
    }
    this.askFor(asked);
    this.hands.tell({ kind: `${tracking}_needed`, code, name });
    return true;
  }

  /** What was read is the number that was asked for first. */
  private async take(text: string, asked: Asked, work: Work): Promise<void> {
    const { tracking, name } = asked;
    const number = numberIn(text, asked);
    if (!number) {
      this.hands.tell({ kind: `${tracking}_needed`, code: text, name });
    } else if (text.length > LONGEST_NUMBER) {
      this.hands.tell({ kind: "too_long", code: text.slice(0, 20) });
    } else if (!this.isUsed(number, asked, work)) {
      this.drop();
      await this.options.scan(asked.code, asked.quantity, { [tracking]: text });
    }
  }

  /** Do without the number that is asked for: its scan does not count. */
  drop(): void {
    this.hands.change({ asked: this.hands.view().asked.slice(1) });
  }

  /** The service asks for a number that the page did not know of, maybe for a scan it kept. */
  askAgain({ message, isLate }: Operation, kind: Kind, result: Result): boolean {
    if (message.type !== "scan" || (kind !== "serial_needed" && kind !== "lot_needed")) {
      return false;
    }
    const line = this.work()?.lines.find((one) => String(one.line) === String(result.line));
    const name = result.name ?? line?.name ?? "";
    const { code, quantity = null } = message;
    const tracking = kind === "serial_needed" ? "serial" : "lot";
    this.askFor({ tracking, code, quantity, name, codes: line?.codes ?? [] });
    if (!isLate) this.hands.tell({ kind, code, name });
    return true;
  }

  private work(): Work | null {
    const { session, tally } = this.hands.view();
    if (session) return pickingOf(session);
    return tally ? tallyingOf(tally) : null;
  }

  private askFor(asked: Asked): void {
    this.hands.change({ asked: [...this.hands.view().asked, asked] });
  }

  /** Without a connection nothing is kept that is surely refused later. */
  private isUsed(number: string, asked: Asked, work: Work): boolean {
    const isSure =
      asked.tracking === "serial" &&
      this.hands.view().link !== "online" &&
      isSerialUsed(number, asked, work, this.options.waiting());
    if (isSure) this.hands.tell({ kind: "serial_used", code: number, name: asked.name });
    return isSure;
  }
}
