import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Link, type LinkStatus, type Socket, waitMs } from "./link";
import type { ServerMessage } from "./protocol";

class FakeSocket implements Socket {
  onopen: ((event: Event) => unknown) | null = null;
  onmessage: ((event: MessageEvent) => unknown) | null = null;
  onclose: ((event: CloseEvent) => unknown) | null = null;
  onerror: ((event: Event) => unknown) | null = null;
  readonly sent: { type: string }[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.isClosed = true;
  }
  say(message: object): void {
    this.hear(JSON.stringify(message));
  }
  hear(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent);
  }
  end(code: number): void {
    this.onclose?.({ code } as CloseEvent);
  }
  open(): void {
    this.onopen?.({} as Event);
  }
  welcome(): void {
    this.open();
    this.say({ type: "welcome", terminal: "T1", session: null });
  }
}

function set() {
  const sockets: FakeSocket[] = [];
  const statuses: LinkStatus[] = [];
  const connections: number[] = [];
  const received: ServerMessage[] = [];
  const link = new Link({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    hello: () => ({ terminal: "T1" }),
    random: () => 1,
    listener: {
      changed: (status) => statuses.push(status),
      welcomed: (_welcome, connection) => connections.push(connection),
      received: (message) => received.push(message),
    },
  });
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  };
  return { link, sockets, statuses, connections, received, last };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a connection", () => {
  it("begins with hello and is there after the welcome", () => {
    const { link, statuses, last } = set();
    link.start();
    expect(link.send({ type: "undo" })).toBe(false);
    last().welcome();

    expect(last().sent).toEqual([{ type: "hello", protocol: 1, terminal: "T1" }]);
    expect(statuses).toEqual(["online"]);
    expect(link.send({ type: "undo" })).toBe(true);
  });

  it("is opened once, however often it is asked for", () => {
    const { link, sockets } = set();
    link.start();
    link.start();
    expect(sockets.length).toBe(1);
  });

  it("comes again after it was lost, later and later", () => {
    const { link, sockets, statuses, connections, last } = set();
    link.start();
    last().welcome();
    const opened = [];
    for (const wait of [500, 1000, 2000]) {
      last().end(1006);
      vi.advanceTimersByTime(wait - 1);
      opened.push(sockets.length);
      vi.advanceTimersByTime(1);
      opened.push(sockets.length);
    }
    last().welcome();

    expect(opened).toEqual([1, 2, 2, 3, 3, 4]);
    expect(statuses).toEqual(["online", "offline", "online"]);
    expect(connections).toEqual([1, 4]);
  });

  it("that is quiet is asked for a sign of life, and given up without one", () => {
    const { link, sockets, statuses, last } = set();
    link.start();
    last().welcome();
    vi.advanceTimersByTime(10_000);
    expect(last().sent.at(-1)).toEqual({ type: "ping" });
    last().say({ type: "pong" });
    vi.advanceTimersByTime(10_000 + 5_000);

    expect(statuses).toEqual(["online", "offline"]);
    expect(sockets[0]?.isClosed).toBe(true);
  });

  it("that was given up is not listened to any more", () => {
    const { link, sockets, received, last } = set();
    link.start();
    last().welcome();
    vi.advanceTimersByTime(15_000);
    sockets[0]?.say({ type: "lost", to: "T2" });
    expect(received).toEqual([]);
  });

  it("without a welcome is given up", () => {
    const { link, sockets } = set();
    link.start();
    vi.advanceTimersByTime(8_000 + 500);
    expect(sockets.length).toBe(2);
  });

  it("answers the service's own ping", () => {
    const { link, last } = set();
    link.start();
    last().welcome();
    last().say({ type: "ping" });
    expect(last().sent.at(-1)).toEqual({ type: "pong" });
  });

  it.each([
    [4401, "signed_out"],
    [4403, "not_allowed"],
    [4406, "not_paired"],
  ])("closed with %d is not tried again by itself", (code, status) => {
    const { link, sockets, last } = set();
    link.start();
    last().open();
    last().end(code);
    vi.advanceTimersByTime(60_000);
    expect([link.status, sockets.length]).toEqual([status, 1]);
    link.restart();
    expect(sockets.length).toBe(2);
  });

  it("is tried at once when the network is back", () => {
    const { link, sockets, last } = set();
    link.start();
    last().end(1006);
    link.start();
    expect(sockets.length).toBe(2);
  });

  it("passes on what is meant for others, and drops what it cannot read", () => {
    const { link, received, last } = set();
    link.start();
    last().welcome();
    last().hear("not JSON");
    last().hear(new ArrayBuffer(2));
    last().say({ type: "song" });
    last().say({ type: "lost", to: "T2" });
    expect(received).toEqual([{ type: "lost", to: "T2", tally: null }]);
  });
});

it("the wait stays between half of and all of its bound, at most 15 s", () => {
  for (let failures = 0; failures < 40; failures += 1) {
    expect(waitMs(failures, 0) * 2).toBe(waitMs(failures, 1));
    expect(waitMs(failures, 1)).toBeLessThanOrEqual(15_000);
  }
});
