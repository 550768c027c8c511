/** What the terminal asks of the service beside the socket. */

import type { components } from "../api/schema";
import type { WayIn } from "./ways_in";

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

/**
 * Begin a session of the person, by the first way that is right; the cookie holds it. `token` is
 * the terminal's, if it is paired.
 */
export async function signIn(ways: readonly WayIn[], token: string): Promise<string> {
  const [way, ...others] = ways;
  if (!way) throw new SignInError("wrong_login");
  try {
    return (await enter(way, token)).name;
  } catch (error) {
    const isRefused = error instanceof SignInError && error.why !== "unreachable";
    if (!isRefused || others.length === 0) throw error;
    return signIn(others, token);
  }
}

function enter(way: WayIn, token: string): Promise<LoggedIn> {
  if (way.kind === "password") {
    return post<LoggedIn>("/login", { name: way.name, password: way.password });
  }
  const { kind: _, ...given } = way;
  return post<LoggedIn>("/login/terminal", { terminal: token, ...given });
}

/** What a terminal gets for its pairing code: the name it was given, and a token of its own. */
export interface Paired {
  terminal: string;
  token: string;
}

export function pair(code: string): Promise<Paired> {
  return post<Paired>("/login/pair", { code });
}

async function post<Answer>(path: string, body: object): Promise<Answer> {
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
  if (response.ok) return (await response.json()) as Answer;
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
