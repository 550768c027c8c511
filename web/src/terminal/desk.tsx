/** What every part of the page reaches: the terminal, its view, the person's preferences, texts. */

import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";
import type { Preferences } from "../browser/preferences";
import type { Sounds } from "../browser/sounds";
import { shown } from "../scan/quantities";
import { say, sayWhy, type TextKey, type Values } from "../texts";
import type { Terminal } from "./terminal";
import type { View } from "./view";

/** Holds the preferences, stores each change, and tells who listens. */
export class PreferenceBook {
  private readonly listeners = new Set<() => void>();
  private current: Preferences;
  private readonly save: (preferences: Preferences) => void;

  constructor(current: Preferences, save: (preferences: Preferences) => void) {
    this.current = current;
    this.save = save;
  }

  get = (): Preferences => this.current;

  set(part: Partial<Preferences>): void {
    this.current = { ...this.current, ...part };
    this.save(this.current);
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/** A sentence for whoever set the device up. */
export class News {
  private readonly listeners = new Set<() => void>();
  private current: TextKey | null;

  constructor(first: TextKey | null) {
    this.current = first;
  }

  get = (): TextKey | null => this.current;

  tell(text: TextKey | null): void {
    this.current = text;
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export interface Parts {
  news: News;
  terminal: Terminal;
  preferences: PreferenceBook;
  sounds: Sounds;
}

export interface Desk extends Parts {
  view: View;
  preferred: Preferences;
  say: (key: TextKey, values?: Values) => string;
  /** Why something was refused. */
  why: (reason: string, about?: Values) => string;
  /** A quantity as it is written in the language. */
  amount: (quantity: string) => string;
}

const DeskContext = createContext<Desk | null>(null);

export function DeskProvider({ parts, children }: { parts: Parts; children: ReactNode }) {
  const { terminal, preferences } = parts;
  const view = useSyncExternalStore(terminal.subscribe, terminal.snapshot);
  const preferred = useSyncExternalStore(preferences.subscribe, preferences.get);
  const { language } = preferred;
  const desk = useMemo<Desk>(
    () => ({
      ...parts,
      view,
      preferred,
      say: (key, values) => say(language, key, values),
      why: (reason, about) => sayWhy(language, reason, view.known.words, about),
      amount: (quantity) => shown(quantity, language),
    }),
    [parts, view, preferred, language],
  );
  return <DeskContext value={desk}>{children}</DeskContext>;
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("the desk is not there");
  return desk;
}
