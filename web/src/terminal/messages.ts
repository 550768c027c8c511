/** What is to be known of an operation by its message alone. */

import type { Operation } from "../scan/operations";
import type { OperationMessage } from "../scan/protocol";

/** These need a connection, since what follows depends on their answers. */
export const NEEDS_LINK = new Set(["next", "open", "take_over", "complete"]);

export function isWithoutSession(message: OperationMessage): boolean {
  return message.type === "next" || message.type === "open" || message.type === "take_over";
}

/** Whether it was done without a connection; what needs one was not, however late its answer. */
export function isKept({ isLate, message }: Operation): boolean {
  return isLate && !NEEDS_LINK.has(message.type);
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
