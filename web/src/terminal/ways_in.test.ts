import { afterEach, describe, expect, it, vi } from "vitest";
import { SignInError, signIn } from "./server";
import { waysIn, waysOfScan } from "./ways_in";

const kinds = (name: string, secret: string, isPaired = true) =>
  waysIn(name, secret, isPaired).map(({ kind }) => kind);

describe("what somebody gave to sign in", () => {
  it("is a PIN only beside a name, at a paired terminal", () => {
    expect(kinds("dan", "4711")).toEqual(["pin"]);
    expect(kinds("dan", "4711", false)).toEqual(["password"]);
    expect(waysIn("", "4711", true)).toEqual([{ kind: "badge", badge: "4711" }]);
    expect(waysIn(" 47110815 ", "", true)).toEqual([{ kind: "badge", badge: "47110815" }]);
  });

  it("is a password where it is no PIN, and may be one where it is as long", () => {
    expect(kinds("dan", "o parola")).toEqual(["password"]);
    expect(kinds("dan", "123456789")).toEqual(["password"]);
    expect(kinds("dan", "47110815")).toEqual(["pin", "password"]);
  });

  it("is a badge when it was scanned, but for digits beside a name", () => {
    expect(waysOfScan("47110815", "")).toEqual([{ kind: "badge", badge: "47110815" }]);
    expect(waysOfScan("MB77QX", "dan")).toEqual([{ kind: "badge", badge: "MB77QX" }]);
    expect(waysOfScan("4711", "dan")).toEqual([{ kind: "pin", name: "dan", pin: "4711" }]);
  });
});

describe("trying the ways", () => {
  const asked: string[] = [];
  const answering = (statuses: Record<string, number>) => {
    asked.length = 0;
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      const status = statuses[path] ?? 200;
      return new Response(JSON.stringify({ name: "dan" }), { status });
    });
  };
  afterEach(() => vi.unstubAllGlobals());

  it("goes on to the password where the digits are no PIN, also where those must wait", async () => {
    for (const status of [401, 429]) {
      answering({ "/login/terminal": status });
      expect(await signIn(waysIn("dan", "47110815", true), "token")).toBe("dan");
      expect(asked).toEqual(["/login/terminal", "/login"]);
    }
  });

  it("asks once where one is right, and tells the last refusal where none is", async () => {
    answering({});
    await signIn(waysIn("dan", "47110815", true), "token");
    expect(asked).toEqual(["/login/terminal"]);
    answering({ "/login/terminal": 401, "/login": 429 });
    const refused = signIn(waysIn("dan", "47110815", true), "token");
    await expect(refused).rejects.toMatchObject(new SignInError("too_many", 1));
  });

  it("does not go on where nobody answers", async () => {
    answering({ "/login/terminal": 503 });
    await expect(signIn(waysIn("dan", "47110815", true), "token")).rejects.toThrow("unreachable");
    expect(asked).toEqual(["/login/terminal"]);
  });
});
