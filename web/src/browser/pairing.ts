/** The code out of a pairing address, `…/terminal#pair=CODE`; null where it is none. */
export function pairingCode(address: string): string | null {
  return /#pair=([\w.~-]+)\s*$/.exec(address)?.[1] ?? null;
}
