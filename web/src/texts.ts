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
  feedback_serial_elsewhere: [
    "Numărul de serie e la altă comandă",
    "Serial number of another order",
  ],
  feedback_owned_by_other: ["E la altcineva", "Someone else has it"],
  feedback_no_session: ["Culegerea nu mai e deschisă", "This picking is no longer open"],
  feedback_undone: ["Ultima scanare e anulată", "Last scan undone"],
  feedback_nothing_to_undo: ["Nimic de anulat", "Nothing to undo"],
  feedback_skipped: ["Lăsat pe mai târziu", "Left for later"],
  feedback_put_back: ["Pus înapoi", "Put back"],
  feedback_short_picked: ["Lipsa e notată", "Shortage noted"],
  feedback_completed: ["Gata", "Done"],
  feedback_incomplete: ["Mai sunt linii deschise", "Lines are still open"],
  feedback_surplus: ["Numărat, e în plus", "Counted, a surplus"],
  feedback_unexpected: ["Numărat, neanunțat", "Counted, not announced"],
  feedback_astray: ["Numărat, de pe alt raft", "Counted, of another shelf"],
  feedback_bundle: ["E un set: scanați piesele lui", "A bundle: scan its parts"],
  feedback_not_goods: ["Nu e un produs", "Not goods"],
  feedback_no_tally: ["Nu mai e deschis aici", "No longer open here"],
  feedback_set: ["Cantitate notată", "Quantity noted"],
  feedback_left: ["Lăsat deschis", "Left open"],
  feedback_kept: ["Păstrat, se trimite mai târziu", "Kept, will be sent later"],
  feedback_sent: ["Scanările păstrate au ajuns: {count}", "Kept scans have arrived: {count}"],
  feedback_repeat: ["Repetare ignorată", "Repeat ignored"],
  feedback_busy: ["O clipă…", "One moment…"],
  feedback_too_long: ["Cod prea lung", "Code too long"],
  feedback_no_delivery: ["Livrare neanunțată", "Not an announced delivery"],
  feedback_needs_link: ["E nevoie de legătură", "This needs a connection"],
  feedback_opened: ["Comandă deschisă", "Order opened"],
  feedback_receiving: ["Recepție deschisă", "Reception opened"],
  feedback_counting: ["Numărătoare deschisă", "Count opened"],
  feedback_nothing_to_do: ["Nicio comandă de cules", "No order to pick"],
  feedback_lost: ["Preluat la alt terminal", "Taken over elsewhere"],
  feedback_refused: ["Refuzat", "Refused"],
  feedback_not_stored: ["NU s-a putut păstra. Scanați din nou", "Could NOT be kept. Scan again"],
} as const satisfies Record<`feedback_${Kind}`, readonly [string, string]>;

export const TEXTS = {
  ...FEEDBACK,
  title: ["Terminal", "Terminal"],
  ready: ["Gata de scanat", "Ready to scan"],
  ready_order: ["Scanați o comandă", "Scan an order"],
  ready_delivery: ["Alegeți o livrare sau scanați avizul", "Choose a delivery or scan its note"],
  ready_shelf: ["Scanați eticheta raftului", "Scan the label of the shelf"],
  ready_hint: ["Scanați un produs", "Scan a product"],
  of: ["{picked} din {ordered}", "{picked} of {ordered}"],
  in_all: ["{picked} în total", "{picked} in all"],
  by: ["la {owner}", "with {owner}"],
  bin: ["Cutia {bin}", "Bin {bin}"],
  code_read: ["Cod {code}", "Code {code}"],
  // sign-in
  sign_in: ["Intră", "Sign in"],
  sign_in_title: ["Cine lucrează?", "Who is working?"],
  name: ["Nume", "Name"],
  secret: ["PIN sau parolă", "PIN or password"],
  badge_hint: ["Scanați ecusonul sau scrieți numele", "Scan your badge or type your name"],
  paired: ["Terminalul e împerecheat: {terminal}", "The terminal is paired: {terminal}"],
  not_paired: [
    "Codul de împerechere nu mai e bun. Cereți altul la birou.",
    "The pairing code is no longer good. Ask the office for another.",
  ],
  pairing_later: [
    "Codul de împerechere nu a putut fi verificat. Scanați-l din nou peste puțin.",
    "The pairing code could not be checked. Scan it again in a while.",
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
  not_allowed: ["{person} nu are voie să lucreze aici.", "{person} may not work here."],
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
  task: ["Activitate", "Task"],
  task_pick: ["Culege", "Pick"],
  task_receive: ["Recepție", "Reception"],
  task_count: ["Inventar", "Count"],
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
  // deliveries and shelves to choose from
  deliveries: ["De recepționat ({count})", "To be received ({count})"],
  no_deliveries: ["Nicio livrare anunțată", "No delivery is announced"],
  list_trouble: ["Lista nu a putut fi citită.", "The list could not be read."],
  delivery_lines: ["Linii: {count}", "Lines: {count}"],
  begun: ["începută", "begun"],
  begun_shelves: ["Numărători începute", "Counts that were begun"],
  unannounced: ["Fără anunț", "Not announced"],
  unannounced_title: ["Livrare neanunțată", "Delivery not announced"],
  reference: ["Avizul sau factura", "Delivery note or invoice"],
  supplier: ["Furnizor", "Supplier"],
  warehouse: ["Depozit", "Warehouse"],
  start_reception: ["Începe recepția", "Start the reception"],
  start_count: ["Începe numărătoarea", "Start the count"],
  // tallies
  title_reception: ["Recepție {name}", "Reception {name}"],
  title_count: ["Inventar {name}", "Count {name}"],
  tally_progress: ["{done} din {all} linii", "{done} of {all} lines"],
  nothing_yet: ["Încă nu s-a numărat nimic", "Nothing is counted yet"],
  last_scanned: ["Ultimul produs", "Last product"],
  expected: ["din {quantity}", "of {quantity}"],
  set_quantity: ["Câte sunt", "How many"],
  set_tracked_hint: [
    "Fiecare se scanează cu numărul de serie sau lotul: aici se pune doar 0",
    "Each is scanned with its serial number or lot: only 0 is set here",
  ],
  set_hint: ["Câte sunt cu totul, cu cele scanate", "How many in all, those scanned too"],
  not_counted: ["De numărat ({count})", "To count ({count})"],
  counted_lines: ["Numărate ({count})", "Counted ({count})"],
  flag_surplus: ["în plus", "surplus"],
  flag_unexpected: ["neanunțat", "not announced"],
  flag_astray: ["de pe alt raft", "of another shelf"],
  flag_moved: ["de numărat din nou", "count again"],
  quantity_of_scan: ["Cantitate la o scanare", "Quantity for a scan"],
  leave: ["Lasă deschis", "Leave it open"],
  leave_hint: [
    "Ce s-a numărat rămâne. Oricine poate continua.",
    "What is counted stays. Anybody can go on.",
  ],
  lacking_title: ["Nu e gata", "Not complete"],
  lacking_missing: ["Acestea lipsesc", "These are missing"],
  lacking_uncounted: ["Acestea nu s-au numărat", "These were not counted"],
  lacking_moved: [
    "Stocul s-a schimbat în timpul numărării: numărați din nou",
    "The stock changed while counting: count again",
  ],
  lacking_refused: [
    "Stocul nu le poate primi: puneți 0 și anunțați biroul",
    "The stock cannot take these: set 0 and tell the office",
  ],
  missing_hint: [
    "Biroul află ce lipsește. Recepția nu se mai poate continua.",
    "The office is told what is missing. The reception cannot be continued.",
  ],
  accept_missing: ["Încheie fără ce lipsește", "Complete without them"],
  go_on: ["Continuă numărarea", "Go on counting"],
  none_there: ["Nu e niciunul", "There are none"],
  none_of_these: ["Nu e niciunul din acestea ({count})", "There are none of these ({count})"],
  recount: ["Numără din nou", "Count again"],
  // take-over
  held_by: ["Comanda {order}", "Order {order}"],
  taken_order: ["Comanda {name} e la {owner}", "{owner} has order {name}"],
  taken_reception: ["Recepția {name} e la {owner}", "{owner} has reception {name}"],
  taken_count: ["Raftul {name} e numărat de {owner}", "{owner} counts shelf {name}"],
  somebody: ["altcineva", "somebody else"],
  take_over: ["Preia", "Take it over"],
  lost_order: ["Comanda a fost preluată de {to}", "{to} took the order over"],
  lost_reception: ["Recepția a fost preluată de {to}", "{to} took the reception over"],
  lost_count: ["Numărătoarea a fost preluată de {to}", "{to} took the count over"],
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
  return filled(TEXTS[key][language === "ro" ? 0 : 1], values);
}

/** By the reason of a refusal: Romanian and English, as the service gives them. */
export type Words = Readonly<Record<string, readonly [string, string]>>;

/** Why something was refused, in the service's words where it has any for it. */
export function sayWhy(
  language: Language,
  reason: string,
  words: Words,
  values: Values = {},
): string {
  const pair = Object.hasOwn(words, reason) ? words[reason] : undefined;
  return pair ? filled(pair[language === "ro" ? 0 : 1], values) : reason;
}

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
