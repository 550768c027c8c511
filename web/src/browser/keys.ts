/** Hears the keys of the page and picks the scans out of them. */

import { WedgeReader } from "../scan/wedge";

const NOT_TYPED_IN = new Set(["button", "checkbox", "radio", "range", "submit"]);

/** Call `read` with each code that is scanned, for as long as the page lives. */
export function listenForScans(read: (raw: string, time: number) => void): void {
  const reader = new WedgeReader();
  const press = (event: KeyboardEvent) => {
    // AltGr is told as Ctrl and Alt, and gives letters like any other key
    const isAltGr = event.getModifierState("AltGraph");
    // what is typed into a field is the field's; its own Enter sends it
    if ((event.altKey && !isAltGr) || event.metaKey || isTypedIn(event.target)) return;
    const { key, timeStamp: time } = event;
    const ctrl = event.ctrlKey && !isAltGr;
    const { isScanner, code } = reader.press({ key, ctrl, time });
    if (isScanner) {
      // a scanner's Enter presses no button, its Tab moves nothing, its letters open nothing
      event.preventDefault();
      event.stopPropagation();
    }
    if (code !== null) read(code, time);
  };
  document.addEventListener("keydown", press, true);
}

function isTypedIn(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !NOT_TYPED_IN.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
