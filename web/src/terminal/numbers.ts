/** Asks for the lot or serial number of goods that need one before their scan counts. */

import type { Kind } from "../scan/feedback";
import type { Operation } from "../scan/operations";
import type { Result, SessionState } from "../scan/protocol";
import {
  type Asked,
  isSerialUsed,
  isTracked,
  LONGEST_NUMBER,
  numberIn,
  tellsNumber,
  trackedLine,
} from "../scan/tracking";
import type { Feedback, View } from "./view";

export interface NumbersOptions {
  view: () => View;
  change: (part: Partial<View>) => void;
  tell: (feedback: Omit<Feedback, "id">) => void;
  waiting: () => readonly Operation[];
  scan: (code: string, quantity: string | null, number: object) => Promise<void>;
}

export class Numbers {
  private readonly options: NumbersOptions;

  constructor(options: NumbersOptions) {
    this.options = options;
  }

  /** Ask for the number that the goods need, or refuse what the service would refuse later. */
  mustAsk(code: string, quantity: string | null, session: SessionState): boolean {
    const line = trackedLine(session, code);
    if (!line || !isTracked(line.tracking)) return false;
    const { name, tracking, codes } = line;
    if (tracking === "serial" && quantity) {
      this.options.tell({ kind: "refused", reason: "quantity_not_allowed", code, name });
      return true;
    }
    const asked: Asked = { tracking, code, quantity, name, codes };
    if (tellsNumber(code, tracking)) {
      return this.isUsed(numberIn(code, asked), asked, session);
    }
    this.askFor(asked);
    this.options.tell({ kind: `${tracking}_needed`, code, name });
    return true;
  }

  /** What was read is the number that was asked for first. */
  async take(text: string, asked: Asked, session: SessionState): Promise<void> {
    const { tell, scan } = this.options;
    const { tracking, name } = asked;
    const number = numberIn(text, asked);
    if (!number) {
      tell({ kind: `${tracking}_needed`, code: text, name });
    } else if (text.length > LONGEST_NUMBER) {
      tell({ kind: "too_long", code: text.slice(0, 20) });
    } else if (!this.isUsed(number, asked, session)) {
      this.drop();
      await scan(asked.code, asked.quantity, { [tracking]: text });
    }
  }

  /** Do without the number that is asked for: its scan does not count. */
  drop(): void {
    this.options.change({ asked: this.options.view().asked.slice(1) });
  }

  /** The service asks for a number that the page did not know of, maybe for a scan it kept. */
  askAgain({ message, isLate }: Operation, kind: Kind, result: Result): boolean {
    if (message.type !== "scan" || (kind !== "serial_needed" && kind !== "lot_needed")) {
      return false;
    }
    const lines = this.options.view().session?.orders.flatMap((order) => order.lines) ?? [];
    const line = lines.find((one) => String(one.line) === String(result.line));
    const name = result.name ?? line?.name ?? "";
    const { code, quantity = null } = message;
    const tracking = kind === "serial_needed" ? "serial" : "lot";
    this.askFor({ tracking, code, quantity, name, codes: line?.codes ?? [] });
    if (!isLate) this.options.tell({ kind, code, name });
    return true;
  }

  private askFor(asked: Asked): void {
    this.options.change({ asked: [...this.options.view().asked, asked] });
  }

  /** Without a connection nothing is kept that is surely refused later. */
  private isUsed(number: string, asked: Asked, session: SessionState): boolean {
    const isSure =
      asked.tracking === "serial" &&
      this.options.view().link !== "online" &&
      isSerialUsed(number, asked, session, this.options.waiting());
    if (isSure) this.options.tell({ kind: "serial_used", code: number, name: asked.name });
    return isSure;
  }
}
