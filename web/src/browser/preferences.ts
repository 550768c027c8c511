/** What a person set on this device. It stays on it. */

import type { Mode } from "../scan/protocol";
import { TASKS, type Task } from "../scan/tasks";
import { LANGUAGES, type Language } from "../texts";
import { newId } from "./ids";

export const REPEAT_WINDOWS_MS = [0, 100, 200, 300] as const;
export type Colours = "auto" | "light" | "dark";

export interface Preferences {
  language: Language;
  colours: Colours;
  terminal: string;
  /** The token of a paired terminal; it lets nobody do anything but sign in here. */
  token: string;
  sound: boolean;
  vibration: boolean;
  repeatWindowMs: number;
  prefix: string;
  suffix: string;
  task: Task;
  mode: Mode;
  /** The code of the warehouse that is worked in; empty before one was chosen. */
  warehouse: string;
}

const KEY = "magazie-terminal";

/** The names that the service takes: letters, digits, and between them spaces and `. : - _`. */
export function isTerminalName(name: string): boolean {
  return /^[\p{L}\p{N}_.:-](?:[\p{L}\p{N}_ .:-]{0,62}[\p{L}\p{N}_.:-])?$/u.test(name);
}

export function defaults(browserLanguage: string): Preferences {
  return {
    language: LANGUAGES.find((one) => browserLanguage.toLowerCase().startsWith(one)) ?? "ro",
    colours: "auto",
    terminal: "",
    token: "",
    sound: true,
    vibration: true,
    repeatWindowMs: 100,
    prefix: "",
    suffix: "",
    task: "pick",
    mode: "pick",
    warehouse: "",
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
    case "task":
      return TASKS.some((one) => one === value);
    case "mode":
      return value === "pick" || value === "cluster" || value === "check";
    case "repeatWindowMs":
      return REPEAT_WINDOWS_MS.some((one) => one === value);
    default:
      return name in fresh && typeof value === typeof fresh[name as keyof Preferences];
  }
}

/** Those of this device, before the browser's store is open. The first time it gets a name of its own: an order is picked at one place. */
export function loadPreferences(): Preferences {
  const read = readPreferences(stored(), navigator.language);
  if (isTerminalName(read.terminal)) return read;
  const named = { ...read, terminal: `T-${newId().slice(0, 4).toUpperCase()}` };
  savePreferences(named);
  return named;
}

/** Where the browser takes none, they hold for this page, and in the store that keeps the scans. */
export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // full, or blocked by the person
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
