/** Everything the terminal says, in Romanian and English. */

import type { Kind } from "./scan/feedback";

export const LANGUAGES = ["ro", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const FEEDBACK = {
  feedback_counted: ["Bun", "Good"],
  feedback_over: ["Deja complet", "Already complete"],
  feedback_not_in_order: ["Nu e în comandă", "Not in this order"],
  feedback_unknown_code: ["Cod necunoscut", "Unknown code"],
  feedback_ambiguous_code: ["Cod cu mai multe înțelesuri", "Code means several products"],
  feedback_order_cancelled: ["Comandă anulată", "Order cancelled"],
  feedback_serial_needed: ["Scanați numărul de serie", "Scan the serial number"],
  feedback_lot_needed: ["Scanați lotul", "Scan the lot"],
  feedback_serial_used: ["Numărul de serie e deja luat", "Serial number already in hand"],
  feedback_owned_by_other: ["Comanda e la altcineva", "Someone else has this order"],
  feedback_no_session: ["Culegerea nu mai e deschisă", "This picking is no longer open"],
  feedback_undone: ["Ultima scanare e anulată", "Last scan undone"],
  feedback_nothing_to_undo: ["Nimic de anulat", "Nothing to undo"],
  feedback_skipped: ["Lăsat pe mai târziu", "Left for later"],
  feedback_put_back: ["Pus înapoi", "Put back"],
  feedback_short_picked: ["Lipsa e notată", "Shortage noted"],
  feedback_completed: ["Gata", "Done"],
  feedback_incomplete: ["Mai sunt linii deschise", "Lines are still open"],
  feedback_kept: ["Păstrat, se trimite mai târziu", "Kept, will be sent later"],
  feedback_sent: ["Scanările păstrate au ajuns: {count}", "Kept scans have arrived: {count}"],
  feedback_repeat: ["Repetare ignorată", "Repeat ignored"],
  feedback_busy: ["O clipă…", "One moment…"],
  feedback_too_long: ["Cod prea lung", "Code too long"],
  feedback_no_order: ["Deschideți întâi o comandă", "Open an order first"],
  feedback_needs_link: ["E nevoie de legătură", "This needs a connection"],
  feedback_opened: ["Comandă deschisă", "Order opened"],
  feedback_nothing_to_do: ["Nicio comandă de cules", "No order to pick"],
  feedback_lost: ["Comanda a fost preluată", "The order was taken over"],
  feedback_refused: ["Refuzat", "Refused"],
  feedback_not_stored: ["NU s-a putut păstra. Scanați din nou", "Could NOT be kept. Scan again"],
} as const satisfies Record<`feedback_${Kind}`, readonly [string, string]>;

export const TEXTS = {
  ...FEEDBACK,
  title: ["Terminal", "Terminal"],
  ready: ["Gata de scanat", "Ready to scan"],
  ready_order: ["Scanați o comandă", "Scan an order"],
  ready_hint: ["Scanați un produs", "Scan a product"],
  of: ["{picked} din {ordered}", "{picked} of {ordered}"],
  by: ["la {owner}", "with {owner}"],
  bin: ["Cutia {bin}", "Bin {bin}"],
  code_read: ["Cod {code}", "Code {code}"],
  refusal_op_reused: [
    "Operația a mai fost trimisă altfel",
    "The operation was sent before, otherwise",
  ],
  refusal_session_open: [
    "Aveți deja o comandă începută: încheiați-o sau puneți marfa înapoi",
    "You have an order in hand: complete it, or put its goods back",
  ],
  refusal_no_such_order: ["Nu există o astfel de comandă", "There is no such order"],
  refusal_ambiguous_order: ["Mai multe comenzi au acest număr", "Several orders have this number"],
  refusal_order: ["E numărul unei comenzi", "That is an order's number"],
  refusal_parcel: ["E AWB-ul unui colet", "That is a parcel's AWB"],
  refusal_order_closed: ["Comanda nu mai poate fi culeasă", "The order can no longer be picked"],
  refusal_order_taken: ["O culege altcineva", "Somebody else picks it"],
  refusal_too_many_orders: [
    "Mai multe comenzi se culeg doar grupate",
    "Several orders are picked as a group only",
  ],
  refusal_no_such_line: ["Nu există linia", "There is no such line"],
  refusal_more_than_picked: ["Nu aveți atât de mult în mână", "You do not have that much in hand"],
  refusal_more_than_missing: ["Nu lipsește atât de mult", "Not that much is missing"],
  refusal_line_without_product: [
    "Linia nu are încă produs: anunțați biroul",
    "The line has no product yet: tell the office",
  ],
  refusal_quantity_not_allowed: ["Aici se scanează bucată cu bucată", "Scan piece by piece here"],
  refusal_unknown_protocol: [
    "Pagina e mai veche decât serviciul: reîncărcați-o",
    "The page is older than the service: load it again",
  ],
  refusal_internal: [
    "Eroare a serviciului: nu s-a făcut nimic",
    "The service failed: nothing was done",
  ],
  // sign-in
  sign_in: ["Intră", "Sign in"],
  sign_in_title: ["Cine culege?", "Who is picking?"],
  name: ["Nume", "Name"],
  secret: ["PIN sau parolă", "PIN or password"],
  badge_hint: ["Scanați ecusonul sau scrieți numele", "Scan your badge or type your name"],
  paired: ["Terminalul e împerecheat: {terminal}", "The terminal is paired: {terminal}"],
  not_paired: [
    "Codul de împerechere nu mai e bun. Cereți altul la birou.",
    "The pairing code is no longer good. Ask the office for another.",
  ],
  wrong_login: ["Datele nu sunt bune.", "That is not right."],
  too_many: [
    "Prea multe încercări. Așteptați {seconds} s.",
    "Too many attempts. Wait {seconds} s.",
  ],
  unreachable: [
    "Serviciul nu răspunde. Încercați din nou.",
    "The service does not answer. Try again.",
  ],
  must_pair: [
    "Terminalul {terminal} nu e împerecheat, iar aici se scanează numai la cele împerecheate. Scanați codul dat de birou.",
    "Terminal {terminal} is not paired, and only paired ones may scan here. Scan the office's pairing code.",
  ],
  not_allowed: ["{person} nu are voie să culeagă.", "{person} may not pick."],
  sign_out: ["Ieșire", "Sign out"],
  sign_out_waiting: [
    "Scanări netrimise: {count}. Ele așteaptă până intrați din nou.",
    "Scans not sent: {count}. They wait until you sign in again.",
  ],
  others_wait: [
    "Scanări ale lui {person} care așteaptă: {count}",
    "Scans by {person} waiting: {count}",
  ],
  discard: ["Renunță la ele", "Discard them"],
  discard_sure: ["Sigur? Nu se mai pot aduce înapoi.", "Sure? They cannot be brought back."],
  // idle
  next_order: ["Comanda următoare", "Next order"],
  open_hint: ["sau scanați numărul comenzii", "or scan an order number"],
  mode: ["Mod de lucru", "Work mode"],
  mode_pick: ["O comandă", "One order"],
  mode_cluster: ["Mai multe", "Several"],
  mode_check: ["Verificare", "Check"],
  cluster_hint: [
    "Scanați numerele comenzilor, apoi începeți",
    "Scan the order numbers, then start",
  ],
  check_hint: ["Scanați numărul comenzii de verificat", "Scan the number of the order to check"],
  start_cluster: ["Începe ({count})", "Start ({count})"],
  remove: ["Scoate {what}", "Remove {what}"],
  type_code: ["Scrie codul", "Type a code"],
  code: ["Cod", "Code"],
  send: ["Trimite", "Send"],
  // picking
  location: ["Loc", "Location"],
  no_location: ["fără loc", "no location"],
  to_pick: ["De cules", "To pick"],
  following: ["Urmează", "Next"],
  done_lines: ["Culese ({count})", "Picked ({count})"],
  skipped_mark: ["amânat", "later"],
  short_mark: ["lipsă {quantity}", "short {quantity}"],
  put_back_title: ["De pus înapoi", "Put back"],
  put_back_do: ["Am pus înapoi {quantity}", "I put back {quantity}"],
  cancelled_mark: ["anulată", "cancelled"],
  all_picked: ["Totul e cules", "Everything is picked"],
  undo: ["Anulează", "Undo"],
  skip: ["Mai târziu", "Later"],
  short: ["Lipsă", "Short"],
  more: ["Mai mult", "More"],
  complete: ["Încheie", "Complete"],
  quantity: ["Cantitate", "Quantity"],
  quantity_hint: ["Următoarea scanare valorează atât", "The next scan counts this many"],
  quantity_next: ["Următoarea scanare: {quantity}", "Next scan: {quantity}"],
  number_serial: ["Numărul de serie", "Serial number"],
  number_lot: ["Lotul", "Lot"],
  apply: ["Aplică", "Apply"],
  cancel: ["Renunță", "Cancel"],
  close: ["Închide", "Close"],
  delete_digit: ["Șterge o cifră", "Delete a digit"],
  comma: ["Virgulă", "Decimal point"],
  // short pick
  short_title: ["Ce lipsește?", "What is missing?"],
  short_quantity: ["Bucăți care lipsesc", "Pieces missing"],
  reason: ["Motiv", "Reason"],
  reason_not_found: ["Nu e la raft", "Not on the shelf"],
  reason_damaged: ["Deteriorat", "Damaged"],
  reason_expired: ["Expirat", "Expired"],
  reason_other: ["Alt motiv", "Another reason"],
  rest: ["Ce rămâne", "The rest"],
  rest_keep: ["Rămâne rezervat", "Stays reserved"],
  rest_release: ["Se eliberează", "Is released"],
  short_save: ["Notează lipsa", "Note the shortage"],
  // take-over
  taken_title: ["Comanda {order} e la {owner}", "{owner} has order {order}"],
  somebody: ["altcineva", "somebody else"],
  take_over: ["Preia comanda", "Take it over"],
  lost_title: ["Comanda a fost preluată de {to}", "{to} took the order over"],
  lost_text: [
    "Ce ați scanat până acum rămâne socotit.",
    "What you have scanned so far stays counted.",
  ],
  understood: ["Am înțeles", "Understood"],
  // link
  online: ["Legat", "Connected"],
  offline: ["Fără legătură. Scanările se păstrează.", "No connection. Scans are kept."],
  connecting: ["Se leagă…", "Connecting…"],
  waiting: ["{count} în așteptare", "{count} waiting"],
  late_title: ["De verificat din scanările păstrate", "To check among the kept scans"],
  elsewhere_title: [
    "Terminalul e deschis în altă fereastră",
    "The terminal is open in another window",
  ],
  elsewhere_text: [
    "Folosiți-l acolo, sau închideți-l și reveniți.",
    "Use it there, or close it and come back.",
  ],
  new_version: ["Versiune nouă", "New version"],
  reload: ["Reîncarcă", "Reload"],
  // camera
  camera: ["Camera", "Camera"],
  camera_title: ["Scanare cu camera", "Scan with the camera"],
  camera_https: ["Camera cere o adresă HTTPS.", "The camera needs an HTTPS address."],
  camera_refused: ["Camera nu e permisă sau lipsește.", "The camera is not allowed or not there."],
  camera_failed: ["Cititorul de coduri nu a pornit.", "The code reader did not start."],
  torch: ["Lanternă", "Torch"],
  // settings
  settings: ["Setări", "Settings"],
  language: ["Limbă", "Language"],
  colours: ["Culori", "Colours"],
  colours_auto: ["Automate", "As the phone"],
  colours_light: ["Deschise", "Light"],
  colours_dark: ["Închise", "Dark"],
  terminal_name: ["Numele terminalului", "Name of the terminal"],
  sound: ["Sunet", "Sound"],
  vibration: ["Vibrație", "Vibration"],
  try_sound: ["Ascultă", "Listen"],
  repeat_window: ["Aceeași citire de două ori", "Same reading twice"],
  repeat_off: ["Se ia de fiecare dată", "Counted each time"],
  repeat_ms: ["Se ignoră sub {ms} ms", "Ignored below {ms} ms"],
  prefix: ["Prefix de la scaner", "Scanner's prefix"],
  suffix: ["Sufix de la scaner", "Scanner's suffix"],
  install: ["Instalează pe telefon", "Install on the phone"],
  not_secure: [
    "Fără HTTPS nu se pot folosi camera și instalarea.",
    "Without HTTPS the camera and installing do not work.",
  ],
  broken_title: ["Terminalul nu poate porni", "The terminal cannot start"],
  no_store: [
    "Browserul nu lasă pagina să păstreze date. Ieșiți din navigarea privată.",
    "The browser does not let the page keep data. Leave private browsing.",
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type TextKey = keyof typeof TEXTS;
export type Values = Readonly<Record<string, string | number>>;

/** A text of the language with its places filled. */
export function say(language: Language, key: TextKey, values: Values = {}): string {
  const text: string = TEXTS[key][language === "ro" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** Why something was refused, in words where there are any for it. */
export function sayWhy(language: Language, reason: string): string {
  const key = `refusal_${reason}`;
  return key in TEXTS ? say(language, key as TextKey) : reason;
}
