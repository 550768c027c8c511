/** The answers to what was kept: one sound for all, and a list of what went wrong. */

import { isGood, type Kind } from "../scan/feedback";
import type { Operation } from "../scan/operations";
import { given } from "./messages";
import type { LateProblem } from "./view";
import type { Hands } from "./work";

export class LateAnswers {
  private arrived = 0;
  private wrong = 0;
  private readonly hands: Hands;

  constructor(hands: Hands) {
    this.hands = hands;
  }

  note(
    operation: Operation,
    kind: Kind,
    why: Pick<LateProblem, "reason" | "about" | "heldBy">,
  ): void {
    this.arrived += 1;
    if (isGood(kind)) return;
    this.wrong += 1;
    const { message, op } = operation;
    const code = message.type === "scan" ? message.code : null;
    this.hands.change({ late: [...this.hands.view().late, { op, kind, code, ...why }] });
  }

  /** All that was kept has been answered. */
  tell(): void {
    if (this.arrived === 0) return;
    const count = this.arrived;
    const [wrong] = this.wrong > 0 ? this.hands.view().late.slice(-this.wrong) : [];
    this.arrived = 0;
    this.wrong = 0;
    if (wrong) this.hands.tell({ kind: wrong.kind, ...given("code", wrong.code) });
    else this.hands.tell({ kind: "sent", count });
  }
}
