/** Devices that read one label twice: the same code again within a moment is one scan. */

export class RepeatFilter {
  private code: string | null = null;
  private seen = Number.NEGATIVE_INFINITY;

  /** Tell whether this reading repeats the one before it; a window of 0 ms lets all through. */
  isRepeat(code: string, time: number, windowMs: number): boolean {
    const isRepeat = code === this.code && time - this.seen < windowMs;
    this.code = code;
    this.seen = time;
    return isRepeat;
  }
}

/** What a camera sees again and again, also beside others: a label counts once while it is there. */
export class Sights {
  private readonly seen = new Map<string, number>();
  private readonly outOfSightMs: number;

  constructor(outOfSightMs: number) {
    this.outOfSightMs = outOfSightMs;
  }

  /** Tell whether the label came into the picture, now or after being out of it for long enough. */
  isNew(code: string, time: number): boolean {
    const before = this.seen.get(code) ?? Number.NEGATIVE_INFINITY;
    this.seen.set(code, time);
    for (const [one, at] of this.seen) if (time - at >= this.outOfSightMs) this.seen.delete(one);
    return time - before >= this.outOfSightMs;
  }
}
