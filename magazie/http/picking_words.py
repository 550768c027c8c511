"""The catalogue of messages: what a terminal says, sounds and shows for everything that happens.

No two outcomes share a sound or a colour: a picker hears and sees which one it was without
reading. Wrong things sound low and long, right ones high and short.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

import msgspec

from magazie.actors.picking_messages import RefusedReason
from magazie.model.picking import Outcome

MessageKind = Literal["good", "info", "warning", "error"]


class Tone(msgspec.Struct, frozen=True):
    """A tone of a sound: hertz (0 is silence) and milliseconds."""

    hertz: int
    milliseconds: int


class PickingMessage(msgspec.Struct, frozen=True):
    """One message. ``color`` is of the whole screen; ``vibration`` is milliseconds on, off, on."""

    key: str
    kind: MessageKind
    ro: str
    en: str
    color: str
    sound: list[Tone]
    vibration: list[int]


_SPOKEN: Final[Mapping[str, tuple[MessageKind, str, str, str, str]]] = {
    # key: kind, color, sound, Romanian, English
    "counted": ("good", "#2f9e44", "1760/70", "Numărat", "Counted"),
    "completed": (
        "good",
        "#087f5b",
        "1047/90 1319/90 1568/160",
        "Gata",
        "Complete",
    ),
    "undone": ("info", "#1971c2", "1175/60 880/60", "Ultima scanare anulată", "Last scan undone"),
    "put_back": ("info", "#1098ad", "880/60 0/40 880/60", "Pus înapoi la raft", "Put back"),
    "skipped": ("info", "#4263eb", "988/50 1175/50", "Lăsat pe mai târziu", "Left for later"),
    "short_picked": (
        "info",
        "#9c36b5",
        "784/90 659/90",
        "Lipsa a fost notată",
        "What is missing is noted",
    ),
    "incomplete": (
        "warning",
        "#e67700",
        "523/120 0/60 523/120",
        "Nu este gata: mai sunt linii deschise",
        "Not complete yet: some lines are open",
    ),
    "nothing_to_undo": ("warning", "#868e96", "440/90", "Nimic de anulat", "Nothing to undo"),
    "over": (
        "error",
        "#f76707",
        "330/120 0/40 330/120 0/40 330/120",
        "Prea mult: cantitatea comandată este deja luată",
        "Too many: what is ordered is in hand already",
    ),
    "not_in_order": (
        "error",
        "#e03131",
        "220/350",
        "Nu este în această comandă",
        "Not in this order",
    ),
    "unknown_code": (
        "error",
        "#c2255c",
        "165/160 0/60 165/160",
        "Cod necunoscut",
        "Unknown code",
    ),
    "ambiguous_code": (
        "error",
        "#862e9c",
        "294/120 247/120 294/120",
        "Codul este al mai multor produse",
        "The code stands for several products",
    ),
    "order_cancelled": (
        "error",
        "#212529",
        "392/180 311/180 233/320",
        "Comanda a fost anulată: puneți marfa înapoi",
        "The order was cancelled: put the goods back",
    ),
    "serial_needed": (
        "warning",
        "#c92a6b",
        "1109/80 0/40 1480/80 0/40 1109/80",
        "Scanați numărul de serie",
        "Scan the serial number",
    ),
    "lot_needed": (
        "warning",
        "#66a80f",
        "831/80 0/40 1109/80 0/40 831/80",
        "Scanați lotul",
        "Scan the lot",
    ),
    "serial_used": (
        "error",
        "#9c2c5e",
        "277/90 0/40 277/90 0/40 208/220",
        "Numărul de serie este deja luat",
        "The serial number is in hand already",
    ),
    "serial_elsewhere": (
        "error",
        "#7a2048",
        "277/90 0/40 208/90 0/40 156/260",
        "Numărul de serie este deja luat pentru comanda {held_by}",
        "The serial number is in hand for order {held_by} already",
    ),
    "owned_by_other": (
        "error",
        "#5f3dc4",
        "262/90 330/90 262/90 330/90",
        "Este la {owner_name} ({owner})",
        "It is with {owner_name} ({owner})",
    ),
    "no_session": (
        "error",
        "#495057",
        "196/120 0/40 196/240",
        "Nicio comandă deschisă: scanarea nu s-a numărat",
        "No order is open: the scan was not counted",
    ),
    "lost": (
        "warning",
        "#7048e8",
        "587/80 440/80 294/200",
        "A fost preluat de {to}",
        "Taken over by {to}",
    ),
    "order_changed": (
        "warning",
        "#f59f00",
        "698/90 0/40 698/90 0/40 932/140",
        "Comanda s-a schimbat: priviți din nou",
        "The order was changed: look again",
    ),
    "surplus": (
        "warning",
        "#e8590c",
        "1760/70 0/40 932/120",
        "Numărat: mai mult decât s-a anunțat",
        "Counted: more than was announced",
    ),
    "unexpected": (
        "warning",
        "#d9480f",
        "1760/70 0/40 622/90 622/90",
        "Numărat: nu a fost anunțat",
        "Counted: it was not announced",
    ),
    "astray": (
        "warning",
        "#f08c00",
        "1760/70 0/40 740/60 587/120",
        "Locul acestui produs este altul: notat pentru birou",
        "This product has another place: noted for the office",
    ),
    "set": ("info", "#3b5bdb", "1319/50 1047/50", "Cantitatea este pusă", "The quantity is set"),
    "left": ("info", "#748ffc", "880/50 698/70", "Lăsat", "Left"),
    "bundle": (
        "error",
        "#9c1f1f",
        "208/140 0/50 262/140 0/50 208/140",
        "Este un set: scanați piesele lui",
        "It is a bundle: scan its parts",
    ),
    "not_goods": (
        "error",
        "#b02a37",
        "233/160 0/60 185/220",
        "Nu este marfă: numărul unei comenzi sau al unui colet",
        "Not goods: the number of an order or a parcel",
    ),
    "no_tally": (
        "error",
        "#343a40",
        "185/140 0/40 185/260",
        "Nicio recepție sau inventariere deschisă: scanarea nu s-a numărat",
        "No reception or count is open: the scan was not counted",
    ),
    "repeat_ignored": (
        "info",
        "#adb5bd",
        "1397/30",
        "Citire repetată, ignorată",
        "Repeated read, ignored",
    ),
    "waiting": (
        "warning",
        "#fab005",
        "1245/40 0/40 1245/40",
        "Fără legătură: {count} scanări așteaptă",
        "Offline: {count} scans wait",
    ),
    "sent": ("info", "#15aabf", "1480/40 1661/40", "Trimis", "Sent"),
}
_REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "op_reused": (
        "Operația a fost trimisă înainte cu alt conținut",
        "The operation was sent before with another content",
    ),
    "session_open": (
        "Aveți deja o comandă începută: terminați-o sau puneți marfa înapoi",
        "You have an order in hand: finish it, or put its goods back",
    ),
    "tally_open": (
        "Aveți deja o recepție sau o inventariere deschisă: terminați-o sau lăsați-o",
        "You have a reception or a count open: complete it, or leave it",
    ),
    "no_such_reception": ("Nu există o astfel de recepție", "There is no such reception"),
    "reception_closed": ("Recepția este încheiată", "The reception is closed"),
    "location_taken": (
        "Locul este numărat de {owner_name} ({owner})",
        "{owner_name} counts this place ({owner})",
    ),
    "no_such_warehouse": ("Nu există un astfel de depozit", "There is no such warehouse"),
    "no_warehouse": ("Alegeți depozitul", "Choose the warehouse"),
    "no_place": (
        "Un loc are cel puțin o literă sau o cifră",
        "A place has a letter or a digit at least",
    ),
    "nothing_counted": ("Nu s-a numărat nimic", "Nothing is counted"),
    "bad_quantity": (
        "Cantitatea nu poate fi atât: prea mică sau prea mare",
        "The quantity cannot be that: too small or too large",
    ),
    "number_needed": (
        "Marfa se scanează cu numărul de serie sau cu lotul",
        "These goods are scanned with their serial number or lot",
    ),
    "too_many_lines": (
        "Sunt mai mult de 1000 de produse: împărțiți-le",
        "There are more than 1000 products: split them",
    ),
    "nothing_to_pick": ("Nu este nicio comandă de pregătit", "There is no order to pick"),
    "no_such_order": ("Nu există o astfel de comandă", "There is no such order"),
    "ambiguous_order": (
        "Mai multe comenzi au acest număr: alegeți din listă",
        "Several orders have this number: choose from the list",
    ),
    "order": ("E numărul unei comenzi", "That is an order's number"),
    "parcel": ("E AWB-ul unui colet", "That is a parcel's AWB"),
    "order_closed": (
        "Comanda nu mai poate fi pregătită",
        "The order can no longer be picked",
    ),
    "order_taken": ("O pregătește altcineva", "Somebody else picks it"),
    "too_many_orders": (
        "Mai multe comenzi deodată se pregătesc doar pe grup",
        "Several orders at once are picked as a cluster only",
    ),
    "no_such_line": ("Nu există linia", "There is no such line"),
    "more_than_picked": ("Nu aveți atât de mult în mână", "You do not have that much in hand"),
    "more_than_missing": ("Nu lipsește atât de mult", "Not that much is missing"),
    "line_without_product": (
        "Linia nu este legată de un produs: anunțați biroul",
        "The line has no product yet: tell the office",
    ),
    "quantity_not_allowed": (
        "Aici se scanează bucată cu bucată",
        "Scan piece by piece here",
    ),
    "too_long": ("Mesaj prea lung", "The message is too long"),
    "not_text": ("Mesajul nu este text", "The message is no text"),
    "not_json": ("Mesajul nu poate fi citit", "The message cannot be read"),
    "unknown_type": ("Mesaj de un fel necunoscut", "A message of an unknown kind"),
    "no_op": ("Mesaj fără număr de operație", "A message without an operation id"),
    "invalid": ("Ceva din mesaj nu poate fi", "Something in the message cannot be"),
    "hello_first": ("Terminalul nu s-a prezentat", "The terminal did not say hello"),
    "unknown_protocol": (
        "Pagina este mai veche decât serviciul: reîncărcați-o",
        "The page is older than the service: load it again",
    ),
    "internal": (
        "Eroare a serviciului: operația nu s-a făcut",
        "The service failed: the operation was not done",
    ),
}
_REFUSED: Final = ("#a61e4d", "147/200 0/60 147/200 0/60")
_VIBRATION: Final[Mapping[MessageKind, list[int]]] = {
    "good": [40],
    "info": [20],
    "warning": [80, 60, 80],
    "error": [250, 80, 250],
}


def _sound(text: str) -> list[Tone]:
    tones = [tone.split("/") for tone in text.split()]
    return [Tone(int(hertz), int(milliseconds)) for hertz, milliseconds in tones]


def _messages() -> tuple[PickingMessage, ...]:
    spoken = [
        PickingMessage(key, kind, ro, en, color, _sound(sound), _VIBRATION[kind])
        for key, (kind, color, sound, ro, en) in _SPOKEN.items()
    ]
    color, sound = _REFUSED
    refused = [
        PickingMessage(key, "error", ro, en, color, _sound(sound), _VIBRATION["error"])
        for key, (ro, en) in _REFUSALS.items()
    ]
    return (*spoken, *refused)


MESSAGES: Final = _messages()
OUTCOMES: Final = frozenset(Outcome)
REASONS: Final = frozenset(get_args(RefusedReason))
