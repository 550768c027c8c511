/** Installing the page on the phone, and keeping it there. */

interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallEvent | null = null;

/** Remember the browser's offer to install, which it makes once and early. */
export function awaitInstallOffer(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = event as InstallEvent;
  });
  addEventListener("appinstalled", () => {
    offered = null;
  });
}

/** Ask the person; null where the browser offers nothing, or it is installed already. */
export function installOffer(): (() => Promise<void>) | null {
  const offer = offered;
  if (!offer) return null;
  return async () => {
    offered = null;
    await offer.prompt();
  };
}

/** Let the page open without the service. `onNew` is told when a newer version lies ready. */
export function keepShell(onNew: () => void): void {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const hadOne = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    if (hadOne) onNew();
  });
  serviceWorker.register("/static/terminal-sw.js", { scope: "/terminal" }).catch(() => undefined);
  // ask the browser not to clear what waits to be sent when the phone runs out of room
  void navigator.storage?.persist?.().catch(() => false);
}

/** Wait until no other window of this browser is the terminal; two would send the same twice. */
export function beTheOnlyOne(onWaiting: () => void): Promise<void> {
  const { locks } = navigator;
  if (!locks) return Promise.resolve();
  return new Promise((resolve) => {
    const hold = () => {
      resolve();
      return new Promise<never>(() => undefined);
    };
    void locks.request("magazie-terminal", { ifAvailable: true }, (lock) => {
      if (lock) return hold();
      onWaiting();
      void locks.request("magazie-terminal", hold);
      return undefined;
    });
  });
}

/** Keep the screen lit while an order is open; the answer lets it go dark again. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let isOver = false;
  const take = () => {
    if (isOver || document.visibilityState !== "visible") return;
    navigator.wakeLock?.request("screen").then(
      (taken) => {
        lock = taken;
        if (isOver) void taken.release();
      },
      () => undefined,
    );
  };
  take();
  document.addEventListener("visibilitychange", take);
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", take);
    void lock?.release();
  };
}
