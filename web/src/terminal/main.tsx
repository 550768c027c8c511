import "@mantine/core/styles.css";
import "./terminal.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { newId } from "../browser/ids";
import { awaitInstallOffer, beTheOnlyOne } from "../browser/installing";
import { listenForScans } from "../browser/keys";
import { BrowserStore } from "../browser/operation_store";
import { pairingCode } from "../browser/pairing";
import { loadPreferences, readPreferences, savePreferences } from "../browser/preferences";
import { Sounds, vibrate } from "../browser/sounds";
import { LOOKS } from "../scan/feedback";
import { say, type TextKey } from "../texts";
import { App } from "./app";
import { News, PreferenceBook } from "./desk";
import {
  pair,
  readDeliveries,
  readKnown,
  readShelves,
  SignInError,
  scanSocket,
  signOut,
} from "./server";
import { Terminal } from "./terminal";

const PREFERENCES = "preferences";
const preferences = new PreferenceBook(loadPreferences(), savePreferences);

/** Words alone, before there is a terminal. */
function announce(title: TextKey, text: TextKey): void {
  const { language } = preferences.get();
  const [heading, line] = [document.createElement("h1"), document.createElement("p")];
  heading.textContent = say(language, title);
  line.textContent = say(language, text);
  const box = document.createElement("main");
  box.className = "announcement";
  box.setAttribute("role", "alert");
  box.append(heading, line);
  page().replaceChildren(box);
}

function page(): HTMLElement {
  const element = document.getElementById("page");
  if (!element) throw new Error("the page has no place for the terminal");
  return element;
}

/** Use the code of a pairing address: this device gets the name that the office gave it. */
async function pairDevice(code: string): Promise<TextKey> {
  try {
    preferences.set(await pair(code));
    return "paired";
  } catch (error) {
    const isWrong = error instanceof SignInError && error.why === "wrong_login";
    return isWrong ? "not_paired" : "pairing_later";
  }
}

/** The page was opened by a pairing address. The code is good once, and leaves the address bar. */
async function pairByAddress(): Promise<TextKey | null> {
  const code = pairingCode(location.hash);
  if (!code) return null;
  history.replaceState(null, "", location.pathname);
  return pairDevice(code);
}

/**
 * The store keeps them, too: browsers write `localStorage` seconds later, and a terminal that comes
 * back under another name has lost what is open at it.
 */
async function keepPreferences(store: BrowserStore): Promise<void> {
  const kept = await store.recall(PREFERENCES);
  if (typeof kept === "string") preferences.set(readPreferences(kept, navigator.language));
  const keep = () => store.keepForGood(PREFERENCES, JSON.stringify(preferences.get()));
  preferences.subscribe(() => void keep().catch(() => undefined));
  await keep().catch(() => undefined);
}

async function begin(): Promise<void> {
  awaitInstallOffer();
  addEventListener("hashchange", () => pairingCode(location.hash) && location.reload());
  await beTheOnlyOne(() => announce("elsewhere_title", "elsewhere_text"));
  try {
    const store = await BrowserStore.open();
    await keepPreferences(store);
    await open(store);
  } catch {
    // without what is kept the page would count what the next one does not know of
    announce("broken_title", "no_store");
  }
}

async function open(store: BrowserStore): Promise<void> {
  const sounds = new Sounds();
  const terminal = new Terminal({
    store,
    openSocket: scanSocket,
    newId,
    random: Math.random,
    now: () => new Date(),
    terminal: () => preferences.get().terminal,
    pairing: () => preferences.get().token,
    service: { known: readKnown, deliveries: readDeliveries, shelves: readShelves },
    task: () => preferences.get().task,
    mode: () => preferences.get().mode,
    warehouse: () => preferences.get().warehouse,
    wrapping: () => preferences.get(),
    repeatWindowMs: () => preferences.get().repeatWindowMs,
    signOut,
    express: (kind) => {
      const { sound, vibration } = preferences.get();
      if (sound) sounds.play(LOOKS[kind]);
      if (vibration) vibrate(LOOKS[kind]);
    },
  });
  // after the first touch or key, and not within it: starting the sound may take a while
  const unlock = () => void setTimeout(() => sounds.unlock());
  document.addEventListener("pointerdown", unlock, { once: true });
  document.addEventListener("keydown", unlock, { once: true });
  addEventListener("online", () => terminal.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") terminal.wake();
  });
  const news = new News(await pairByAddress());
  await terminal.start();
  listenForScans((raw, time) => {
    const code = pairingCode(raw);
    if (code) {
      void pairDevice(code).then((outcome) => {
        news.tell(outcome);
        terminal.renamed();
      });
    } else {
      void terminal.read(raw, time);
    }
  });
  page().replaceChildren();
  createRoot(page()).render(
    <StrictMode>
      <App parts={{ terminal, preferences, sounds, news }} />
    </StrictMode>,
  );
}

void begin();
