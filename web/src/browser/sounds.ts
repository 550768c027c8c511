/** Plays the sound of an outcome and shakes the phone. */

import type { Look } from "../scan/feedback";

const LOUDNESS = 0.25;
/** Tones that begin and end at once click. */
const EDGE_S = 0.008;

export class Sounds {
  private context: AudioContext | null = null;

  /** Browsers allow sound only after the person has touched the page: call it then. */
  unlock(): void {
    if (typeof AudioContext === "undefined") return;
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") void this.context.resume();
  }

  play(look: Look): void {
    this.unlock();
    const { context } = this;
    if (!context) return;
    let at = context.currentTime;
    for (const [pitch, ms] of look.notes) {
      const end = at + ms / 1000;
      if (pitch > 0) tone(context, look.tone === "bad" ? "square" : "sine", pitch, at, end);
      at = end;
    }
  }
}

function tone(
  context: AudioContext,
  shape: OscillatorType,
  pitch: number,
  at: number,
  end: number,
) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = shape;
  oscillator.frequency.value = pitch;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUDNESS, at + EDGE_S);
  gain.gain.setValueAtTime(LOUDNESS, end - EDGE_S);
  gain.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(end);
}

export function vibrate(look: Look): void {
  navigator.vibrate?.([...look.vibration]);
}
