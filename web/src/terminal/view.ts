/** What the page shows: one value, replaced whole whenever something changes. */

import type { Kind } from "../scan/feedback";
import type { LinkStatus } from "../scan/link";
import type { SessionState } from "../scan/protocol";
import type { Asked } from "../scan/tracking";

/** The answer to what a person did last. */
export interface Feedback {
  /** Another for each, so that the same twice is seen twice. */
  id: number;
  kind: Kind;
  code?: string;
  name?: string;
  picked?: string;
  ordered?: string;
  bin?: string;
  owner?: string;
  reason?: string;
  count?: number;
}

/** A kept operation that the service did not take, for the person to look at. */
export interface LateProblem {
  op: string;
  kind: Kind;
  code: string | null;
  reason: string | null;
}

export interface Offer {
  order: string;
  number: string;
  owner: string | null;
}

export interface View {
  link: LinkStatus;
  person: string | null;
  /** A code that was scanned while nobody was signed in. */
  badge: string | null;
  session: SessionState | null;
  skipped: ReadonlySet<string>;
  waiting: number;
  /** Operations of somebody else, which wait for them. */
  others: { person: string; count: number } | null;
  feedback: Feedback | null;
  /** The reading before this one was of the same label; what came of it stays shown. */
  isRepeat: boolean;
  late: readonly LateProblem[];
  /** An order that another terminal has and that may be taken over. */
  offer: Offer | null;
  lostTo: string | null;
  /** What the next scan counts; null is one piece, or what a packaging holds. */
  quantity: string | null;
  /** What is asked for before scans count, the first one first. */
  asked: readonly Asked[];
  /** Orders collected for one walk. */
  cluster: readonly string[];
  /** An order is being opened or completed; scans wait for it. */
  isBusy: boolean;
  /** Counts scans, so that whatever covers the page makes room for what came of them. */
  scans: number;
}

export const EMPTY: View = {
  link: "offline",
  person: null,
  badge: null,
  session: null,
  skipped: new Set(),
  waiting: 0,
  others: null,
  feedback: null,
  isRepeat: false,
  late: [],
  offer: null,
  lostTo: null,
  quantity: null,
  asked: [],
  cluster: [],
  isBusy: false,
  scans: 0,
};
