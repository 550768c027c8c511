/** Reads scanners that type: a burst of keys faster than fingers, ended by Enter or Tab. */

export interface Key {
  key: string;
  ctrl: boolean;
  /** Milliseconds on any one clock. */
  time: number;
}

export interface WedgeSettings {
  /** Keys further apart than this are a person's. */
  mostGapMs: number;
  /** Shorter bursts are a person's too. */
  leastLength: number;
}

export interface Heard {
  /** The key belongs to a scanner, and nothing else should act on it. */
  isScanner: boolean;
  /** A whole code as typed, when this key ended one. */
  code: string | null;
}

export const WEDGE: WedgeSettings = { mostGapMs: 60, leastLength: 3 };

const NOTHING: Heard = { isScanner: false, code: null };
const ENDS = new Set(["Enter", "Tab"]);

export class WedgeReader {
  private burst = "";
  private last = Number.NEGATIVE_INFINITY;
  private readonly settings: WedgeSettings;

  constructor(settings: WedgeSettings = WEDGE) {
    this.settings = settings;
  }

  /** Take a key that was pressed. */
  press({ key, ctrl, time }: Key): Heard {
    if (ENDS.has(key)) return this.end(time);
    const letter = ctrl ? controlLetter(key) : key;
    if (letter.length === 0 || [...letter].length > 1) return NOTHING;
    if (time - this.last > this.settings.mostGapMs) this.burst = "";
    this.burst += letter;
    this.last = time;
    return { isScanner: this.burst.length >= this.settings.leastLength, code: null };
  }

  private end(time: number): Heard {
    const { burst, last } = this;
    this.burst = "";
    this.last = Number.NEGATIVE_INFINITY;
    const isFast = time - last <= this.settings.mostGapMs;
    if (!isFast || burst.length < this.settings.leastLength) return NOTHING;
    return { isScanner: true, code: burst };
  }
}

/** Scanners send control characters as Ctrl and a letter: Ctrl+] is the separator of GS1. */
function controlLetter(key: string): string {
  const point = key.toUpperCase().charCodeAt(0);
  return key.length === 1 && point >= 0x40 && point <= 0x5f
    ? String.fromCharCode(point & 0x1f)
    : "";
}
