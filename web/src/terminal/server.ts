/** What the terminal asks of the service beside the socket. */

import type { components } from "../api/schema";
import type { Delivery, Known, Shelf } from "./known";
import type { WayIn } from "./ways_in";

type Schemas = components["schemas"];
type LoggedIn = Schemas["LoggedIn"];

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
const NO_SESSION = 401;

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

/** End the session. Without the service it goes on, since only the service can take the cookie. */
export async function signOut(): Promise<void> {
  const { ok, status } = await fetch("/logout", { method: "POST" });
  if (!ok && status !== NO_SESSION) throw new Error(`/logout is answered ${status}`);
}

async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} is answered ${response.status}`);
  return (await response.json()) as Answer;
}

/** How people pick, the words for refusals, and the warehouses. */
export async function readKnown(): Promise<Known> {
  const [picking, { messages }, warehouses] = await Promise.all([
    get<Schemas["PickingSettingsShown"]>("/api/v1/settings/picking"),
    get<Schemas["MessagesShown"]>("/api/v1/picking/messages"),
    get<Schemas["Listed_WarehouseShown_"]>("/api/v1/settings/warehouses"),
  ]);
  return {
    takesQuantities: picking.quantity_entry ?? true,
    words: Object.fromEntries(messages.map(({ key, ro, en }) => [key, [ro, en]])),
    warehouses: warehouses.items.map(({ code, name }) => ({ code, name })),
  };
}

/** The newest of those to be received; the service lists no more than 200 at once. */
export async function readDeliveries(): Promise<Delivery[]> {
  const path = "/api/v1/receptions?state=waiting,open&limit=200";
  const { items } = await get<Schemas["Listed_ReceptionListed_"]>(path);
  return items.map((one) => ({
    id: one.id,
    reference: one.reference,
    supplier: one.supplier,
    isBegun: one.state === "open",
    owner: one.owner_name || null,
    lines: one.line_count,
  }));
}

export async function readShelves(): Promise<Shelf[]> {
  const path = "/api/v1/counts?state=open&limit=200";
  const { items } = await get<Schemas["Listed_CountListed_"]>(path);
  return items.map(({ id, location, warehouse, owner_name, line_count }) => ({
    ...{ id, location, warehouse, owner: owner_name || null, lines: line_count },
  }));
}

export function scanSocket(): WebSocket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}/ws/scan`);
}
