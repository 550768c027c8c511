/** What the page shows: one value, replaced whole whenever something changes. */

import type { Kind } from "../scan/feedback";
import type { LinkStatus } from "../scan/link";
import type { LineId, SessionState } from "../scan/protocol";
import type { Lacking, TallyKind, TallyState } from "../scan/tally";
import type { Asked } from "../scan/tracking";
import { type Delivery, type Known, type Shelf, UNKNOWN } from "./known";

/** The answer to what a person did last. */
export interface Feedback {
  /** Another for each, so that the same twice is seen twice. */
  id: number;
  kind: Kind;
  code?: string;
  name?: string;
  /** The line of a tally, by which the name of the goods is found once it has come. */
  line?: LineId;
  /** How many there are now, and how many there should be. */
  picked?: string;
  ordered?: string;
  bin?: string;
  owner?: string;
  /** The number of the order that has what was scanned. */
  heldBy?: string;
  reason?: string;
  /** What fills the places in the words of the reason. */
  about?: Readonly<Record<string, string>>;
  count?: number;
}

/** A kept operation that the service did not take, for the person to look at. */
export interface LateProblem {
  op: string;
  kind: Kind;
  code: string | null;
  reason: string | null;
  heldBy?: string;
  about?: Readonly<Record<string, string>>;
}

/** What one terminal has at a time. */
export type What = "order" | TallyKind;

export interface Offer {
  what: What;
  id: string;
  /** The number of an order, the reference of a delivery, the place of a shelf. */
  name: string;
  owner: string | null;
}

export interface View {
  link: LinkStatus;
  person: string | null;
  /** A code that was scanned while nobody was signed in. */
  badge: string | null;
  session: SessionState | null;
  skipped: ReadonlySet<string>;
  tally: TallyState | null;
  /** The line of the tally that is shown large. */
  current: LineId | null;
  /** Why the tally could not be completed, until somebody has seen it. */
  lacking: readonly Lacking[] | null;
  /** What is to be received; null before the service has said it. */
  deliveries: readonly Delivery[] | null;
  /** The shelves whose count was begun; null before the service has said it. */
  shelves: readonly Shelf[] | null;
  /** The last reading of such a list failed. */
  hasListTrouble: boolean;
  /** The reference of a delivery that nobody announced, while it is being written down. */
  unannounced: string | null;
  known: Known;
  waiting: number;
  /** Operations of somebody else, which wait for them. */
  others: { person: string; count: number } | null;
  feedback: Feedback | null;
  /** The reading before this one was of the same label; what came of it stays shown. */
  isRepeat: boolean;
  late: readonly LateProblem[];
  /** What another terminal has and may be taken over. */
  offer: Offer | null;
  /** What another terminal took over. */
  lost: { what: What; to: string } | null;
  /** What the next scan counts; null is one piece, or what a packaging holds. */
  quantity: string | null;
  /** What is asked for before scans count, the first one first. */
  asked: readonly Asked[];
  /** Orders collected for one walk. */
  cluster: readonly string[];
  /** Something is being opened or completed; scans wait for it. */
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
  tally: null,
  current: null,
  lacking: null,
  deliveries: null,
  shelves: null,
  hasListTrouble: false,
  unannounced: null,
  known: UNKNOWN,
  waiting: 0,
  others: null,
  feedback: null,
  isRepeat: false,
  late: [],
  offer: null,
  lost: null,
  quantity: null,
  asked: [],
  cluster: [],
  isBusy: false,
  scans: 0,
};
