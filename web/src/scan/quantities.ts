/** Quantities as the service writes them: plain decimals with up to three digits after the point. */

const PLAIN = /^\d{1,9}(?:\.\d{1,3})?$/;
const SCALE = 1000;

/** Thousandths of a quantity, so that sums and comparisons are exact. */
export function milli(quantity: string): number {
  const [whole = "0", part = ""] = quantity.split(".");
  return Number(whole) * SCALE + Number(part.padEnd(3, "0"));
}

/** A quantity of so many thousandths; what is below zero is none. */
export function quantityOf(thousandths: number): string {
  const some = Math.max(0, Math.round(thousandths));
  const part = String(some % SCALE)
    .padStart(3, "0")
    .replace(/0+$/, "");
  return `${Math.floor(some / SCALE)}${part ? `.${part}` : ""}`;
}

/** What a person typed, with a comma or a point, as a quantity above zero; else null. */
export function readQuantity(typed: string): string | null {
  const quantity = readCount(typed);
  return quantity === "0" ? null : quantity;
}

/** What a person typed as how many there are, which may be none; else null. */
export function readCount(typed: string): string | null {
  const plain = typed.trim().replace(",", ".");
  return PLAIN.test(plain) ? quantityOf(milli(plain)) : null;
}

/** A quantity as people of the language write it. */
export function shown(quantity: string, language: "ro" | "en"): string {
  return language === "ro" ? quantity.replace(".", ",") : quantity;
}
