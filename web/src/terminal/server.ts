/** What the terminal asks of the service beside the socket. */

import type { components } from "../api/schema";

type LoggedIn = components["schemas"]["LoggedIn"];

/** Somebody was not let in. */
export class SignInError extends Error {
  readonly why: "wrong_login" | "too_many" | "unreachable";
  /** How long to wait before the next try. */
  readonly seconds: number;

  constructor(why: SignInError["why"], seconds = 0) {
    super(why);
    this.why = why;
    this.seconds = seconds;
  }
}

const WRONG = new Set([401, 403, 422]);
const TOO_MANY = 429;

/** Begin a session of the person; the cookie holds it. */
export function signIn(name: string, password: string): Promise<string> {
  return logIn("/login", { name, password });
}

async function logIn(path: string, body: object): Promise<string> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new SignInError("unreachable");
  }
  if (response.ok) return ((await response.json()) as LoggedIn).name;
  if (response.status === TOO_MANY) {
    throw new SignInError("too_many", Number(response.headers.get("Retry-After") ?? 1));
  }
  throw new SignInError(WRONG.has(response.status) ? "wrong_login" : "unreachable");
}

/** End the session. Without the service the cookie stays, and the page forgets the person. */
export async function signOut(): Promise<void> {
  try {
    await fetch("/logout", { method: "POST" });
  } catch {
    // the next sign-in replaces the cookie
  }
}

export function scanSocket(): WebSocket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}/ws/scan`);
}
