/** What somebody who signs in may have given: a badge, a PIN, or a password. */

export type WayIn =
  | { kind: "badge"; badge: string }
  | { kind: "pin"; name: string; pin: string }
  | { kind: "password"; name: string; password: string };

const PIN = /^\d{4,8}$/;
/** No shorter one is taken by the service. */
const SHORTEST_PASSWORD = 8;

/**
 * The ways to try, one after the other. Badge and PIN are good at paired terminals only; what
 * stands alone is a badge, digits or not. A PIN is one only beside the name of a person, and as
 * long as a password it may be that.
 */
export function waysIn(name: string, secret: string, isPaired: boolean): WayIn[] {
  const who = name.trim();
  const password: WayIn = { kind: "password", name: who, password: secret };
  if (!isPaired) return [password];
  if (!who || !secret) return [{ kind: "badge", badge: who || secret }];
  if (!PIN.test(secret)) return [password];
  const pin: WayIn = { kind: "pin", name: who, pin: secret };
  return secret.length < SHORTEST_PASSWORD ? [pin] : [pin, password];
}

/** A scan is a badge; digits are the PIN of a person whose name is there. */
export function waysOfScan(code: string, name: string): WayIn[] {
  return name.trim() && PIN.test(code)
    ? waysIn(name, code, true)
    : [{ kind: "badge", badge: code }];
}
