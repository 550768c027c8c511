/** The way through the storeroom: every line of the open orders, in the order they are walked. */

import type { Line, LineId, PickedOrder, SessionState } from "./protocol";
import { milli, quantityOf } from "./quantities";

export type StepState = "put_back" | "open" | "done";

export interface Step {
  /** One line of one order; lines of two orders may have the same number. */
  id: string;
  order: PickedOrder;
  line: Line;
  state: StepState;
  isSkipped: boolean;
  /** Still to be picked. */
  left: string;
}

export interface Progress {
  picked: string;
  ordered: string;
  openLines: number;
  putBackLines: number;
}

const byLocation = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const RANK: Record<StepState, number> = { put_back: 0, open: 1, done: 2 };

export function stepId(order: string, line: LineId): string {
  return `${order}/${line}`;
}

/**
 * What has to go back first, then what is to be picked, then what was skipped, then what is done:
 * each along the service's walk, or where it says none by location, 2 before 10 and goods without
 * a location last.
 */
export function stepsOf(session: SessionState, skipped: ReadonlySet<string>): Step[] {
  const steps = session.orders.flatMap((order) =>
    order.lines.map((line) => stepOf(order, line, skipped)),
  );
  const place = new Map(session.walk.map((line, index) => [String(line), index]));
  const placeOf = ({ line }: Step) => place.get(String(line.line)) ?? place.size;
  return steps.sort(
    (a, b) =>
      RANK[a.state] - RANK[b.state] ||
      Number(a.isSkipped) - Number(b.isSkipped) ||
      placeOf(a) - placeOf(b) ||
      Number(!a.line.location) - Number(!b.line.location) ||
      byLocation.compare(a.line.location ?? "", b.line.location ?? ""),
  );
}

function stepOf(order: PickedOrder, line: Line, skipped: ReadonlySet<string>): Step {
  const id = stepId(order.order, line.line);
  const left = milli(line.ordered) - milli(line.picked) - milli(line.short_picked);
  const goesBack = milli(line.to_put_back) > 0;
  const state = goesBack ? "put_back" : left > 0 && !isCancelled(order) ? "open" : "done";
  return {
    id,
    order,
    line,
    state,
    isSkipped: state === "open" && (line.skipped || skipped.has(id)),
    left: quantityOf(left),
  };
}

export function isCancelled(order: PickedOrder): boolean {
  return order.status === "cancelled";
}

export function progressOf(steps: readonly Step[]): Progress {
  const counted = steps.filter(({ order }) => !isCancelled(order));
  const sum = (of: (step: Step) => string) =>
    quantityOf(counted.reduce((total, step) => total + milli(of(step)), 0));
  return {
    picked: sum(({ line }) => line.picked),
    ordered: sum(({ line }) => line.ordered),
    openLines: steps.filter(({ state }) => state === "open").length,
    putBackLines: steps.filter(({ state }) => state === "put_back").length,
  };
}
