/** The colour, sign, sound and vibration of each outcome. */

import type { Kind } from "./feedback";
import type { IconName } from "./icon_paths";

export type Tone = "good" | "info" | "warn" | "bad";

/** Pitch in Hz and length in ms; a pitch of 0 is a rest. */
export type Note = readonly [pitch: number, ms: number];

export interface Look {
  tone: Tone;
  /** Background of the feedback area under white text. */
  colour: string;
  icon: IconName;
  notes: readonly Note[];
  /** Milliseconds on, off, on. */
  vibration: readonly number[];
}

const SHORT = [40];
const LONG = [250, 80, 250];
/** What was counted and is to be looked at begins as what was counted does. */
const COUNTED_BUT = [
  [1320, 90],
  [0, 40],
] as const;

export const LOOKS: Readonly<Record<Kind, Look>> = {
  counted: look("good", "#1b7a43", "check", [[1320, 90]], SHORT),
  completed: look(
    "good",
    "#0b6b5c",
    "star",
    [
      [660, 100],
      [880, 100],
      [1320, 220],
    ],
    [60, 40, 60],
  ),
  opened: look(
    "info",
    "#1f5f99",
    "box",
    [
      [660, 80],
      [990, 110],
    ],
    SHORT,
  ),
  undone: look(
    "info",
    "#2f55a4",
    "undo",
    [
      [990, 80],
      [660, 110],
    ],
    SHORT,
  ),
  skipped: look(
    "info",
    "#4a5aa8",
    "later",
    [
      [780, 70],
      [780, 70],
    ],
    SHORT,
  ),
  put_back: look(
    "info",
    "#12708a",
    "put_back",
    [
      [880, 80],
      [740, 80],
      [620, 80],
    ],
    SHORT,
  ),
  short_picked: look(
    "info",
    "#6a4fa3",
    "half",
    [
      [740, 90],
      [0, 40],
      [740, 90],
      [620, 90],
    ],
    SHORT,
  ),
  kept: look(
    "info",
    "#51606b",
    "kept",
    [
      [520, 60],
      [0, 40],
      [520, 60],
    ],
    SHORT,
  ),
  sent: look(
    "good",
    "#2e7133",
    "sent",
    [
      [520, 60],
      [660, 60],
      [780, 90],
    ],
    SHORT,
  ),
  repeat: look("warn", "#6b6350", "repeat", [[440, 50]], [20]),
  busy: look(
    "warn",
    "#6f5a45",
    "dots",
    [
      [392, 120],
      [0, 40],
      [392, 60],
    ],
    [120],
  ),
  over: look(
    "warn",
    "#a34d00",
    "alert",
    [
      [622, 140],
      [0, 50],
      [622, 140],
    ],
    LONG,
  ),
  nothing_to_undo: look(
    "warn",
    "#7a5c1a",
    "nothing",
    [
      [494, 90],
      [415, 90],
    ],
    SHORT,
  ),
  nothing_to_do: look(
    "info",
    "#44636f",
    "nothing",
    [
      [587, 100],
      [494, 140],
    ],
    SHORT,
  ),
  incomplete: look(
    "warn",
    "#8c4a1f",
    "half",
    [
      [494, 110],
      [0, 40],
      [494, 110],
      [440, 160],
    ],
    LONG,
  ),
  needs_link: look(
    "warn",
    "#5d5a72",
    "no_link",
    [
      [349, 160],
      [0, 40],
      [440, 90],
    ],
    LONG,
  ),
  no_delivery: look(
    "warn",
    "#735070",
    "question",
    [
      [466, 120],
      [349, 140],
    ],
    LONG,
  ),
  not_in_order: look(
    "bad",
    "#b3261e",
    "cross",
    [
      [233, 220],
      [0, 60],
      [233, 220],
    ],
    LONG,
  ),
  unknown_code: look(
    "bad",
    "#8e24aa",
    "question",
    [
      [311, 140],
      [233, 140],
      [185, 240],
    ],
    LONG,
  ),
  ambiguous_code: look(
    "bad",
    "#a4145f",
    "question",
    [
      [311, 120],
      [370, 120],
      [311, 120],
      [370, 120],
    ],
    [120, 60, 120, 60, 120],
  ),
  order_cancelled: look(
    "bad",
    "#7d1d1d",
    "stop",
    [
      [220, 400],
      [0, 60],
      [165, 400],
    ],
    [400, 80, 400],
  ),
  serial_needed: look(
    "warn",
    "#2a6f77",
    "hash",
    [
      [554, 70],
      [0, 30],
      [740, 70],
      [0, 30],
      [554, 70],
    ],
    [80, 60, 80],
  ),
  lot_needed: look(
    "warn",
    "#5f6b1f",
    "hash",
    [
      [466, 70],
      [0, 30],
      [622, 70],
      [0, 30],
      [466, 70],
    ],
    [80, 60, 80],
  ),
  serial_used: look(
    "bad",
    "#8f2f5f",
    "hash",
    [
      [294, 110],
      [0, 40],
      [294, 110],
      [220, 240],
    ],
    LONG,
  ),
  serial_elsewhere: look(
    "bad",
    "#74264d",
    "hash",
    [
      [294, 110],
      [0, 40],
      [247, 110],
      [185, 260],
    ],
    [250, 80, 80, 80, 250],
  ),
  owned_by_other: look(
    "bad",
    "#9c3d10",
    "swap",
    [
      [277, 160],
      [0, 50],
      [277, 160],
      [0, 50],
      [277, 160],
    ],
    [250, 60, 80],
  ),
  no_session: look(
    "bad",
    "#5b3a3a",
    "nothing",
    [
      [196, 300],
      [0, 60],
      [247, 160],
    ],
    LONG,
  ),
  lost: look(
    "bad",
    "#8a3324",
    "swap",
    [
      [370, 140],
      [277, 140],
      [208, 300],
    ],
    [400, 80, 400],
  ),
  too_long: look(
    "bad",
    "#6d2f4f",
    "dots",
    [
      [208, 120],
      [0, 30],
      [208, 120],
      [0, 30],
      [165, 220],
    ],
    LONG,
  ),
  refused: look(
    "bad",
    "#a11d44",
    "alert",
    [
      [247, 180],
      [0, 40],
      [196, 260],
    ],
    LONG,
  ),
  not_stored: look(
    "bad",
    "#96000f",
    "alert",
    [
      [165, 200],
      [0, 40],
      [165, 200],
      [0, 40],
      [165, 400],
    ],
    [500],
  ),
  surplus: look("warn", "#9a5b00", "plus", [...COUNTED_BUT, [622, 180]], [40, 60, 160]),
  unexpected: look(
    "warn",
    "#6b5b00",
    "question",
    [...COUNTED_BUT, [466, 120], [0, 40], [466, 120]],
    [40, 60, 80, 60, 80],
  ),
  astray: look(
    "warn",
    "#8a3f6b",
    "astray",
    [...COUNTED_BUT, [415, 90], [554, 160]],
    [40, 60, 40, 60, 160],
  ),
  bundle: look(
    "bad",
    "#7b3f2a",
    "parts",
    [
      [277, 120],
      [0, 40],
      [330, 200],
    ],
    [400],
  ),
  not_goods: look(
    "bad",
    "#4a4a8a",
    "paper",
    [
      [330, 160],
      [262, 160],
    ],
    [80, 60, 250],
  ),
  no_tally: look(
    "bad",
    "#5b3a4a",
    "nothing",
    [
      [196, 300],
      [0, 60],
      [294, 160],
    ],
    [300, 60, 80],
  ),
  set: look(
    "info",
    "#2a6f8f",
    "hash",
    [
      [880, 60],
      [1175, 60],
    ],
    [20, 40, 20],
  ),
  left: look(
    "info",
    "#5a6472",
    "door",
    [
      [660, 80],
      [587, 80],
      [523, 140],
    ],
    SHORT,
  ),
  receiving: look(
    "info",
    "#1b6b6b",
    "truck",
    [
      [660, 80],
      [880, 80],
      [990, 110],
    ],
    SHORT,
  ),
  counting: look(
    "info",
    "#3d5f9e",
    "shelf",
    [
      [587, 80],
      [784, 80],
      [990, 110],
    ],
    SHORT,
  ),
};

function look(
  tone: Tone,
  colour: string,
  icon: IconName,
  notes: readonly Note[],
  vibration: readonly number[],
): Look {
  return { tone, colour, icon, notes, vibration };
}
