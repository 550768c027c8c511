/** What is to be known of an operation by its message alone. */

import type { Operation } from "../scan/operations";
import type { OperationMessage } from "../scan/protocol";

/** These begin something; what is open already is not what they are about. */
const OPENING = new Set(["next", "open", "take_over", "receive", "count"]);

/** These need a connection, since what follows depends on their answers. */
const NEEDS_LINK = new Set([...OPENING, "complete", "leave"]);

const OF_TALLIES = new Set(["receive", "count", "set", "leave"]);

export function isOpening({ type }: OperationMessage): boolean {
  return OPENING.has(type);
}

export function needsLink({ type }: OperationMessage): boolean {
  return NEEDS_LINK.has(type);
}

export function isOfTally({ tally, message }: Operation): boolean {
  const takesTally = message.type === "take_over" && "tally" in message;
  return Boolean(tally) || OF_TALLIES.has(message.type) || takesTally;
}

/** Whether it was done without a connection; what needs one was not, however late its answer. */
export function isKept({ isLate, message }: Operation): boolean {
  return isLate && !needsLink(message);
}

export function codeOf(message: OperationMessage): { code?: string } {
  return message.type === "scan" ? { code: message.code } : {};
}

export function given<Name extends string>(
  name: Name,
  value: string | null,
): { [N in Name]?: string } {
  return value === null ? {} : ({ [name]: value } as { [N in Name]?: string });
}
