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
