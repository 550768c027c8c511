/** What a scanner sends around a code, taken off. What the code means, the service finds. */

export interface Wrapping {
  /** Put before and after each code by the scanner's own settings. */
  prefix: string;
  suffix: string;
}

/** Longer ones are no code but a stuck key or a document. */
export const LONGEST_CODE = 512;

const TYPED_ENDS = /(?:\\[nrt])+$/;
const CODE_39_STARS = /^\*([^*]+)\*$/;
const AIM_ID = /^\][A-Za-z][0-9A-Za-z]/;
/** These say that GS1 application identifiers follow, which the service wants to know. */
const GS1_ID = /^\](?:C1|e0|d2|Q3|J1)/;
const GROUP_SEPARATOR = "\u001d";

/** The code itself: no control characters, literal `\n`, AIM identifier, stars, prefix or suffix. */
export function cleanCode(raw: string, wrapping: Wrapping = { prefix: "", suffix: "" }): string {
  let code = withoutControls(raw).replace(TYPED_ENDS, "").trim();
  if (wrapping.prefix && code.startsWith(wrapping.prefix)) {
    code = code.slice(wrapping.prefix.length);
  }
  if (wrapping.suffix && code.endsWith(wrapping.suffix)) {
    code = code.slice(0, -wrapping.suffix.length);
  }
  if (AIM_ID.test(code) && !GS1_ID.test(code)) code = code.slice(3);
  return code.replace(CODE_39_STARS, "$1").trim();
}

/** The separator of GS1 fields stays where it separates something. */
function withoutControls(raw: string): string {
  let kept = "";
  for (const letter of raw) {
    const point = letter.codePointAt(0) ?? 0;
    if (letter === GROUP_SEPARATOR || (point > 0x1f && point !== 0x7f)) kept += letter;
  }
  while (kept.startsWith(GROUP_SEPARATOR)) kept = kept.slice(1);
  while (kept.endsWith(GROUP_SEPARATOR)) kept = kept.slice(0, -1);
  return kept;
}
