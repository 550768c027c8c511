/** What a person set on this device. It stays on it. */

import type { Mode } from "../scan/protocol";
import { LANGUAGES, type Language } from "../texts";

export const REPEAT_WINDOWS_MS = [0, 100, 200, 300] as const;
export type Colours = "auto" | "light" | "dark";

export interface Preferences {
  language: Language;
  colours: Colours;
  terminal: string;
  sound: boolean;
  vibration: boolean;
  repeatWindowMs: number;
  prefix: string;
  suffix: string;
  mode: Mode;
}

const KEY = "magazie-terminal";

export function defaults(browserLanguage: string): Preferences {
  return {
    language: LANGUAGES.find((one) => browserLanguage.toLowerCase().startsWith(one)) ?? "ro",
    colours: "auto",
    terminal: "T1",
    sound: true,
    vibration: true,
    repeatWindowMs: 100,
    prefix: "",
    suffix: "",
    mode: "pick",
  };
}

/** Stored preferences over the defaults; what is stored and makes no sense is left out. */
export function readPreferences(stored: string | null, browserLanguage: string): Preferences {
  const fresh = defaults(browserLanguage);
  let value: unknown;
  try {
    value = JSON.parse(stored ?? "");
  } catch {
    return fresh;
  }
  if (typeof value !== "object" || value === null) return fresh;
  const known = Object.entries(value).filter(([name, one]) => isSensible(name, one, fresh));
  return { ...fresh, ...Object.fromEntries(known) };
}

function isSensible(name: string, value: unknown, fresh: Preferences): boolean {
  switch (name) {
    case "language":
      return LANGUAGES.some((one) => one === value);
    case "colours":
      return value === "auto" || value === "light" || value === "dark";
    case "mode":
      return value === "pick" || value === "cluster" || value === "check";
    case "repeatWindowMs":
      return REPEAT_WINDOWS_MS.some((one) => one === value);
    default:
      return name in fresh && typeof value === typeof fresh[name as keyof Preferences];
  }
}

export function loadPreferences(): Preferences {
  return readPreferences(localStorage.getItem(KEY), navigator.language);
}

export function savePreferences(preferences: Preferences): void {
  localStorage.setItem(KEY, JSON.stringify(preferences));
}
