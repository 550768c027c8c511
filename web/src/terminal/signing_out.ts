/**
 * Signing out: only the service can take the session away. Where it cannot be reached the way out
 * is owed, also over the end of the page, and until it is paid nothing is sent in anybody's name.
 */

import type { TerminalStore } from "./options";

const LEAVING = "leaving";

export class SigningOut {
  private owed = false;
  private readonly store: TerminalStore;
  private readonly signOut: () => Promise<void>;

  constructor(store: TerminalStore, signOut: () => Promise<void>) {
    this.store = store;
    this.signOut = signOut;
  }

  get isOwed(): boolean {
    return this.owed;
  }

  /** Take what an earlier page left. */
  async load(): Promise<void> {
    this.owed = (await this.store.recall(LEAVING)) === true;
  }

  /** Somebody wants to be out. */
  begin(): void {
    this.note(true);
  }

  /** Tell the service; false where it does not answer, or somebody else signed in meanwhile. */
  async tell(): Promise<boolean> {
    try {
      await this.signOut();
    } catch {
      return false; // the next connection is another try
    }
    return this.owed;
  }

  /** Nobody is signed in any more, or somebody else is. */
  end(): void {
    this.note(false);
  }

  private note(isOwed: boolean): void {
    if (isOwed === this.owed) return;
    this.owed = isOwed;
    this.store.keep(LEAVING, isOwed).catch(() => undefined);
  }
}
