/** For tests: a device with a terminal on it, and a service that it works with. */

import "fake-indexeddb/auto";
import { vi } from "vitest";
import { BrowserStore } from "../browser/operation_store";
import type { Kind } from "../scan/feedback";
import type { Socket } from "../scan/link";
import type { Task } from "../scan/tasks";
import { type Delivery, type Known, UNKNOWN } from "./known";
import { Terminal } from "./terminal";

interface Message {
  type: string;
  op?: string;
  code?: string;
  seq?: number;
  tally?: string;
  accept_missing?: boolean;
  quantity?: string;
}

/** The service: it counts each operation once, and survives whatever happens to its sockets. */
export class Service {
  readonly answers = new Map<string, object>();
  readonly applied: Message[] = [];
  session: string | null = null;
  tally: string | null = null;
  isUp = true;
  losesAnswers = false;
  person = "ana";
  isSignedIn = true;
  socket: FakeSocket | null = null;

  take(message: Message): object[] {
    if (message.type === "hello") {
      const { session, tally, person: name } = this;
      const welcome = { type: "welcome", terminal: "T1", session, tally, name };
      return [welcome, ...(session ? [this.state()] : []), ...(tally ? [this.counts()] : [])];
    }
    if (message.type === "ping") return [{ type: "pong" }];
    const { op } = message;
    if (!op) throw new Error("a message without an id");
    const known = this.answers.get(op);
    if (known) return [known];
    this.applied.push(message);
    const answer = { op, ...this.apply(message) };
    this.answers.set(op, answer);
    return [answer];
  }

  private apply(message: Message): object {
    if (message.type === "next") {
      this.session = "S1";
      return this.state();
    }
    if (message.type === "receive" || message.type === "count") {
      this.tally = "Y1";
      return this.counts();
    }
    if (message.tally) return this.applyToTally(message);
    if (this.session === null) return { type: "result", outcome: "no_session" };
    if (message.type === "complete") {
      this.session = null;
      return { type: "result", outcome: "completed" };
    }
    const isKnown = message.code?.startsWith("P");
    return { type: "result", outcome: isKnown ? "counted" : "unknown_code", line: 1 };
  }

  private applyToTally(message: Message): object {
    if (message.tally !== this.tally) return { type: "result", outcome: "no_tally" };
    switch (message.type) {
      case "complete":
        if (!message.accept_missing) {
          const lines = [{ line: 1, why: "missing" }];
          return { type: "result", outcome: "incomplete", lines };
        }
        this.tally = null;
        return { type: "result", outcome: "completed" };
      case "leave":
        this.tally = null;
        return { type: "result", outcome: "left" };
      case "set":
        return { type: "result", outcome: "set", line: 1, counted: message.quantity };
      default: {
        const isKnown = message.code?.startsWith("P");
        const counted = { outcome: "surplus", line: 1, counted: "2", expected: "1" };
        return { type: "result", ...(isKnown ? counted : { outcome: "unknown_code" }) };
      }
    }
  }

  counts(fields: object = {}): object {
    const line = { line: 1, name: "Cană", code: "P1", expected: "1", counted: null, flag: "" };
    return {
      ...{ type: "tally", tally: this.tally, kind: "reception", state: "open", terminal: "T1" },
      ...{ version: this.applied.length, reference: "AVIZ 7", lines: [line], ...fields },
    };
  }

  state(fields: object = {}): object {
    return {
      ...{ type: "state", session: this.session, state: "open", mode: "pick", owner: "T1" },
      ...{ version: this.applied.length, orders: [{ order: "9", number: "560", lines: [] }] },
      ...fields,
    };
  }

  async signOut(): Promise<void> {
    if (!this.isUp) throw new Error("nobody answers");
    this.isSignedIn = false;
  }

  codes(): (string | undefined)[] {
    return this.applied.filter(({ type }) => type === "scan").map(({ code }) => code);
  }
}

class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  private readonly service: Service;

  constructor(service: Service) {
    this.service = service;
    service.socket = this;
    setTimeout(() => (service.isUp ? this.onopen?.({} as Event) : this.end(1006)));
  }

  send(text: string): void {
    if (!this.service.isUp) return;
    const message = JSON.parse(text);
    if (message.type === "hello" && !this.service.isSignedIn) {
      setTimeout(() => this.end(4401));
      return;
    }
    const answers = this.service.take(message);
    if (this.service.losesAnswers) return;
    setTimeout(() => answers.forEach((answer) => void this.say(answer)));
  }
  close(): void {}
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }
  end(code: number): void {
    this.onclose?.({ code } as CloseEvent);
  }
}

let databases = 0;

export class Device {
  readonly heard: Kind[] = [];
  readonly service = new Service();
  private readonly name: string;
  private store: BrowserStore | null = null;
  private ids = 0;
  private running: Terminal | null = null;
  private time = 0;
  task: Task = "pick";
  warehouse = "";
  known: Known = UNKNOWN;
  deliveries: Delivery[] = [];
  /** What becomes of sound and vibration; a browser may refuse both. */
  express: (kind: Kind) => void = (kind) => this.heard.push(kind);

  constructor() {
    databases += 1;
    this.name = `terminal-${databases}`;
  }

  get terminal(): Terminal {
    if (!this.running) throw new Error("no page is open");
    return this.running;
  }

  /** A fresh page over what the last one left. */
  async open(): Promise<void> {
    this.store = await BrowserStore.open(this.name);
    this.running = new Terminal({
      store: this.store,
      openSocket: () => new FakeSocket(this.service),
      newId: () => {
        this.ids += 1;
        return `op-${this.ids}`;
      },
      random: () => 0,
      now: () => new Date(0),
      terminal: () => "T1",
      pairing: () => "",
      service: {
        known: () => Promise.resolve(this.known),
        deliveries: () => Promise.resolve(this.deliveries),
        shelves: () => Promise.reject(new Error("nobody answers")),
      },
      task: () => this.task,
      mode: () => "pick",
      warehouse: () => this.warehouse,
      wrapping: () => ({ prefix: "", suffix: "" }),
      repeatWindowMs: () => 100,
      express: (kind) => this.express(kind),
      signOut: () => this.service.signOut(),
    });
    await this.running.start();
    await settle();
  }

  /** The page is gone from one moment to the next. */
  kill(): void {
    this.running?.stop();
    this.store?.close();
  }

  cut(): void {
    this.service.socket?.end(1006);
  }

  async scan(code: string): Promise<void> {
    this.time += 1000;
    await this.terminal.read(code, this.time);
    await settle(5);
  }

  get view() {
    return this.terminal.snapshot();
  }
}

/** Let everything happen that needs no more than so many milliseconds. */
export async function settle(ms = 60): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5) {
    await vi.advanceTimersByTimeAsync(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
