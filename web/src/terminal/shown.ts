/** What the page shows before the service has answered: what was open when the last one ended. */

import type { SessionState } from "../scan/protocol";
import type { TallyState } from "../scan/tally";
import type { TerminalStore } from "./options";
import type { View } from "./view";

const SHOWN = "shown";

type Kept = Pick<View, "session" | "skipped" | "tally">;

interface Shown {
  session: SessionState | null;
  skipped: string[];
  /** What an older page kept has none. */
  tally?: TallyState | null;
}

/** Losing it loses nothing, so it is not waited for. */
export function keepShown(store: TerminalStore, { session, skipped, tally }: View): void {
  store.keep(SHOWN, { session, skipped: [...skipped], tally }).catch(() => undefined);
}

export async function recallShown(store: TerminalStore): Promise<Kept | null> {
  const shown = await store.recall(SHOWN);
  if (!isShown(shown)) return null;
  const { session, skipped, tally = null } = shown;
  return { session, skipped: new Set(skipped), tally };
}

function isShown(value: unknown): value is Shown {
  return typeof value === "object" && value !== null && "session" in value;
}
