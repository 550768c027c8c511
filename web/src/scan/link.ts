/**
 * The socket layer: one connection to `/ws/scan` at a time, opened again after every loss.
 *
 * It says hello, waits for the welcome, and notices a connection that is dead without having been
 * closed. What is sent again after a loss is not its business.
 */

import { readMessage, type ServerMessage } from "./protocol";

/** Somebody must sign in, or do something about the terminal, before it connects again. */
export function isRefused(status: LinkStatus): boolean {
  return status === "signed_out" || status === "not_allowed" || status === "not_paired";
}

export type LinkStatus =
  /** Trying, or waiting before the next try. */
  | "offline"
  | "online"
  /** The service does not know who this is: somebody must sign in. */
  | "signed_out"
  /** The person may not pick. */
  | "not_allowed"
  /** Only paired terminals may scan. */
  | "not_paired";

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
  onerror: ((event: Event) => unknown) | null;
  send(text: string): void;
  close(): void;
}

export interface LinkListener {
  /** The status is another. */
  changed(status: LinkStatus): void;
  /** The service has answered our hello on this connection; connections are numbered. */
  welcomed(welcome: ServerMessage & { type: "welcome" }, connection: number): void;
  received(message: ServerMessage): void;
}

export interface LinkOptions {
  open: () => Socket;
  hello: () => object;
  random: () => number;
  listener: LinkListener;
}

const PROTOCOL = 1;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const WELCOME_WITHIN_MS = 8_000;
/** Below the 15 s after which the service asks whether we are there. */
const QUIET_MS = 10_000;
const PONG_WITHIN_MS = 5_000;
const SIGNED_OUT = 4401;
const NOT_ALLOWED = 4403;
const NOT_PAIRED = 4406;
const REFUSALS: Readonly<Record<number, LinkStatus>> = {
  [SIGNED_OUT]: "signed_out",
  [NOT_ALLOWED]: "not_allowed",
  [NOT_PAIRED]: "not_paired",
};

/** How long to wait before a try: doubling, with chance so that terminals do not come all at once. */
export function waitMs(failures: number, random: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  return Math.round(longest * (0.5 + random / 2));
}

export class Link {
  private socket: Socket | null = null;
  private connection = 0;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private current: LinkStatus = "offline";
  private readonly options: LinkOptions;

  constructor(options: LinkOptions) {
    this.options = options;
  }

  get status(): LinkStatus {
    return this.current;
  }

  /** Connect now, whatever was being waited for; nothing changes while there is a connection. */
  start(): void {
    if (this.socket) return;
    this.connect();
  }

  /** Leave, and connect no more by itself. */
  stop(): void {
    this.drop();
    this.become("offline");
  }

  /** Leave and come again, such as after signing in. */
  restart(): void {
    this.drop();
    this.failures = 0;
    this.become("offline");
    this.connect();
  }

  /** Send a message if there is a connection to send it on. */
  send(message: object): boolean {
    if (this.current !== "online" || !this.socket) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.connection += 1;
    let socket: Socket;
    try {
      socket = this.options.open();
    } catch {
      this.lose();
      return;
    }
    this.socket = socket;
    socket.onopen = () =>
      socket.send(JSON.stringify({ type: "hello", protocol: PROTOCOL, ...this.options.hello() }));
    socket.onmessage = ({ data }) => this.hear(data);
    socket.onclose = ({ code }) => this.closed(code);
    socket.onerror = () => undefined; // a close follows
    this.expect(WELCOME_WITHIN_MS, () => this.lose());
  }

  private hear(data: unknown): void {
    const message = readMessage(data);
    if (this.current === "online") this.listen();
    if (!message) return;
    switch (message.type) {
      case "welcome":
        this.failures = 0;
        this.become("online");
        this.listen();
        this.options.listener.welcomed(message, this.connection);
        return;
      case "ping":
        this.send({ type: "pong" });
        return;
      case "pong":
        return;
      default:
        this.options.listener.received(message);
    }
  }

  /** After some quiet ask whether anybody is there, and take silence for a loss. */
  private listen(): void {
    this.expect(QUIET_MS, () => {
      this.send({ type: "ping" });
      this.expect(PONG_WITHIN_MS, () => this.lose());
    });
  }

  private closed(code: number): void {
    const refused = REFUSALS[code];
    if (refused) {
      this.drop();
      this.become(refused);
      return;
    }
    this.lose();
  }

  private lose(): void {
    this.drop();
    this.become("offline");
    this.expect(waitMs(this.failures, this.options.random()), () => this.connect());
    this.failures += 1;
  }

  /** A socket that hangs tells of its close much later: nothing of it is listened to any more. */
  private drop(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.onerror = null;
    socket.close();
  }

  private expect(ms: number, late: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(late, ms);
  }

  private become(status: LinkStatus): void {
    if (status === this.current) return;
    this.current = status;
    this.options.listener.changed(status);
  }
}
