/**
 * What each outcome looks, sounds and feels like. No two of them sound alike, so that a person
 * who looks at the shelf and not at the screen knows what came of a scan.
 */

import { LOOKS } from "./looks";
import { OUTCOMES, type Outcome } from "./protocol";

export { LOOKS, type Look } from "./looks";

/** What the terminal says by itself, without the service. */
export const OWN_KINDS = [
  "kept",
  "sent",
  "repeat",
  "busy",
  "too_long",
  "no_delivery",
  "needs_link",
  "opened",
  "receiving",
  "counting",
  "nothing_to_do",
  "lost",
  "refused",
  "not_stored",
] as const;

export const KINDS = [...OUTCOMES, ...OWN_KINDS] as const;
export type Kind = Outcome | (typeof OWN_KINDS)[number];
/** An outcome by its name; one that this page is too old to know is a refusal. */
export function kindOf(outcome: string): Kind {
  return (KINDS as readonly string[]).includes(outcome) ? (outcome as Kind) : "refused";
}

export function isGood(kind: Kind): boolean {
  return LOOKS[kind].tone === "good" || LOOKS[kind].tone === "info";
}
