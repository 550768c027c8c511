/**
 * Keeps the terminal's shell in the browser, so that the page opens without the service.
 *
 * The shell is taken whole under the name of its contents: page, script and style of one build
 * always go together. A newer one is fetched beside it and used from the next opening on.
 */

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: the addresses of the shell, and a name that changes with any of them. */
declare const __SHELL__: { name: string; files: string[] };

const PAGE = "/terminal";
const SHELL = `terminal-shell-${__SHELL__.name}`;
/** Pictures of goods and the camera's reader: kept as they are used. */
const EXTRAS = "terminal-extras";
const MOST_EXTRAS = 200;
const KEPT_AS_USED = /^\/(?:media\/|static\/[\w.-]+-[\w-]{8}\.)/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll([PAGE, ...__SHELL__.files].map(fresh)))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === PAGE) {
    event.respondWith(fromShell(PAGE, request));
  } else if (__SHELL__.files.includes(address.pathname)) {
    event.respondWith(fromShell(address.pathname, request));
  } else if (KEPT_AS_USED.test(address.pathname)) {
    event.respondWith(keptAsUsed(request));
  }
});

function fresh(path: string): Request {
  return new Request(path, { cache: "reload" });
}

async function fromShell(path: string, request: Request): Promise<Response> {
  const kept = await (await caches.open(SHELL)).match(path);
  return kept ?? fetch(request);
}

/** These addresses hold the hash of what they give, so what was kept is never out of date. */
async function keptAsUsed(request: Request): Promise<Response> {
  const cache = await caches.open(EXTRAS);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone()).catch(() => undefined);
    const keys = await cache.keys();
    for (const key of keys.slice(0, Math.max(0, keys.length - MOST_EXTRAS)))
      await cache.delete(key);
  }
  return answer;
}

async function tidy(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("terminal-shell-") && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
}

export {};
