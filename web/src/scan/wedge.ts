/** Reads scanners that type: a burst of keys faster than fingers, ended by Enter or Tab. */

export interface Key {
  key: string;
  ctrl: boolean;
  /** Milliseconds on any one clock. */
  time: number;
}

export interface WedgeSettings {
  /** A burst whose keys are further apart than this on average is a person's. */
  mostMeanGapMs: number;
  /** After a pause as long as this a burst is another one. A busy device may stop for less. */
  pauseMs: number;
  /** Shorter bursts are a person's too. */
  leastLength: number;
  /** What comes this soon after a scan is the scanner's still: a second Enter, a line feed. */
  afterMs: number;
}

export interface Heard {
  /** The key belongs to a scanner, and nothing else should act on it. */
  isScanner: boolean;
  /** A whole code as typed, when this key ended one. */
  code: string | null;
}

export const WEDGE: WedgeSettings = {
  mostMeanGapMs: 50,
  pauseMs: 300,
  leastLength: 3,
  afterMs: 100,
};

const NOTHING: Heard = { isScanner: false, code: null };
const ENDS = new Set(["Enter", "Tab"]);

export class WedgeReader {
  private burst = "";
  private first = 0;
  private last = Number.NEGATIVE_INFINITY;
  private ended = Number.NEGATIVE_INFINITY;
  private readonly settings: WedgeSettings;

  constructor(settings: WedgeSettings = WEDGE) {
    this.settings = settings;
  }

  /** Take a key that was pressed. */
  press({ key, ctrl, time }: Key): Heard {
    if (ENDS.has(key)) return this.end(time);
    const letter = ctrl ? controlLetter(key) : key;
    if (letter.length === 0 || [...letter].length > 1) return NOTHING;
    if (time - this.last > this.settings.pauseMs) this.burst = "";
    if (!this.burst) this.first = time;
    this.burst += letter;
    this.last = time;
    return { isScanner: this.isScanner(time) || this.isAfter(time), code: null };
  }

  private end(time: number): Heard {
    const { burst } = this;
    const isScanner = this.isScanner(time);
    this.burst = "";
    this.last = Number.NEGATIVE_INFINITY;
    if (!isScanner) return { isScanner: this.isAfter(time), code: null };
    this.ended = time;
    return { isScanner, code: burst };
  }

  private isAfter(time: number): boolean {
    return time - this.ended <= this.settings.afterMs;
  }

  /** The whole burst counts: one that lost its beginning to a slow moment would be another code. */
  private isScanner(time: number): boolean {
    const { mostMeanGapMs, pauseMs, leastLength } = this.settings;
    return (
      this.burst.length >= leastLength &&
      time - this.last <= pauseMs &&
      time - this.first <= mostMeanGapMs * this.burst.length
    );
  }
}

/** Scanners send control characters as Ctrl and a letter: Ctrl+] is the separator of GS1. */
function controlLetter(key: string): string {
  const point = key.toUpperCase().charCodeAt(0);
  return key.length === 1 && point >= 0x40 && point <= 0x5f
    ? String.fromCharCode(point & 0x1f)
    : "";
}
