"""What an alert says of the case at hand, made of its facts, in Romanian and English."""

from collections.abc import Mapping, Sequence
from typing import Final

from magazie.model.reason_words import reason_in_romanian

Fact = str | Sequence[str]
"""A number or a name as people write it, a reason in English, or several of those."""
Facts = Mapping[str, Fact]

CASE: Final = "case"
"""The fact that tells apart what is said of one kind."""
_REASONS: Final = ("reason", "problem")
_FIELDS: Final = {"stock": "stocul", "price": "prețul"}
_MOVEMENTS: Final = {
    "opening": "deschidere",
    "reception": "recepție",
    "adjustment": "corecție",
    "transfer": "transfer",
}

_RO_EN: Final[Mapping[str, tuple[str, str]]] = {
    "shortage": ("lipsesc {missing}", "{missing} missing"),
    "unlinked_line": ("comanda {number}: {lines}", "order {number}: {lines}"),
    "undecodable_order": ("{problem}", "{problem}"),
    "undecodable_item": (
        "articolul {item} din {shop} are o formă care nu este înțeleasă",
        "item {item} of {shop} is of a shape that is not understood",
    ),
    "webhook_silent": (
        "niciun webhook de la {since}; comenzile vin în continuare prin citirea periodică",
        "no webhook since {since}; orders still come by polling",
    ),
    "orders_unreadable": (
        "comenzile nu pot fi citite, deci nu se transmite stoc: {reason}",
        "orders cannot be read, so no stock is sent: {reason}",
    ),
    "order_vanished": (
        "comanda {number} nu mai apare în magazin; aici rămâne deschisă",
        "order {number} is no longer shown by the shop; it stays open here",
    ),
    "catalogue_unreadable": (
        "catalogul magazinului {shop} nu poate fi citit: {reason}",
        "the catalogue of {shop} cannot be read: {reason}",
    ),
    "picked_order_changed": (
        "comanda {number} s-a schimbat după ce a fost culeasă: {put_back}; {fetch}",
        "order {number} was changed after it was picked: {put_back}; {fetch}",
    ),
    "picked_order_changed/put_back": (
        "comanda {number} s-a schimbat după ce a fost culeasă: {put_back}",
        "order {number} was changed after it was picked: {put_back}",
    ),
    "picked_order_changed/fetch": (
        "comanda {number} s-a schimbat după ce a fost culeasă: {fetch}",
        "order {number} was changed after it was picked: {fetch}",
    ),
    "picked_order_changed/cancelled": (
        "comanda {number} a fost anulată după ce a fost culeasă: {put_back}",
        "order {number} was cancelled after it was picked: {put_back}",
    ),
    "status_unmapped": (
        "magazinul nu are stările: {names}",
        "the shop has no status named {names}",
    ),
    "status_refused": (
        "comanda {number}: magazinul refuză starea: {reason}",
        "order {number}: the shop refuses the status: {reason}",
    ),
    "shop_stopped": (
        "magazinul refuză cheia; nu se transmite nimic până nu este îndreptată: {reason}",
        "the shop refuses our key; nothing is sent until it is mended: {reason}",
    ),
    "item_parked": (
        "{field} articolului {item} nu ajunge în {shop}: {reason}",
        "{field} of {item} does not reach {shop}: {reason}",
    ),
    "item_parked/overwritten": (
        "{field} articolului {item} nu rămâne cum este transmis: {reason}",
        "{field} of item {item} does not stay: {reason}",
    ),
    "held_sends": (
        "{count} valori ar goli sau ar scumpi ori ieftini mult din {shop}; așteaptă un om",
        "{count} values would empty or reprice much of {shop}; they wait for a person's word",
    ),
    "stock_not_managed": (
        "magazinul nu ține stocul articolului {item}: poate vinde mai mult decât este",
        "the shop does not keep its stock for item {item}: it can oversell",
    ),
    "stock_not_managed/backorders": (
        "magazinul vinde articolul {item} și fără stoc: poate vinde mai mult decât este",
        "the shop sells without stock for item {item}: it can oversell",
    ),
    "no_stock_source": (
        "magazinul {shop} nu primește stoc: nu este ales depozitul din care vine",
        "{shop} is sent no stock: no source warehouse is chosen for it",
    ),
    "no_price_source": (
        "magazinul {shop} nu primește prețuri: nu este ales depozitul din care vin",
        "{shop} is sent no prices: no source warehouse is chosen for it",
    ),
    "import_conflict": ("{problem}", "{problem}"),
    "sku_reused": (
        "SKU-ul {sku} al articolului legat {item} este purtat și de {others}",
        "the SKU {sku} of the linked item {item} is carried by {others} too",
    ),
    "sku_twice": (
        "{count} articole legate au acest SKU",
        "{count} linked items carry this SKU",
    ),
    "publish_refused": (
        "{left} din {total} produse nu sunt publicate în {shop}: {products}",
        "{left} of {total} products are not published to {shop}: {products}",
    ),
    "movement_line_refused": (
        "{movement} {reference}, linia {line}: {problem}",
        "{movement} {reference}, line {line}: {problem}",
    ),
    "reception_differs": (
        "{reference}: linii cu lipsuri {missing}, în plus {surplus}, neașteptate {unexpected}",
        "{reference}: lines missing goods {missing}, with surplus {surplus}, new {unexpected}",
    ),
    "count_differs": (
        "{location}: produse în minus {missing}, în plus {surplus}, de la alt loc {astray}",
        "{location}: products short {missing}, over {surplus}, of another place {astray}",
    ),
}  # fmt: skip
_LISTED: Final = {
    "lines": ("linia {}", "line {}"),
    "put_back": ("de pus înapoi {}", "put back {}"),
    "fetch": ("de adus {}", "fetch {}"),
}

ALERT_TEXT_KINDS: Final = frozenset(key.partition("/")[0] for key in _RO_EN)
"""The kinds of alert that have a text here."""


def alert_text(kind: str, facts: Facts, language: str = "en") -> str:
    """The words of an alert; ``language`` is ``ro`` or ``en``.

    Raises:
        LookupError: a kind or a fact that is not known here.

    """
    is_romanian = language == "ro"
    case = facts.get(CASE)
    ro, en = _RO_EN[f"{kind}/{case}" if case else kind]
    told = {name: _word(name, fact, is_romanian=is_romanian) for name, fact in facts.items()}
    return (ro if is_romanian else en).format_map(told)


def _word(name: str, fact: Fact, *, is_romanian: bool) -> str:
    if not isinstance(fact, str):
        ro, en = _LISTED.get(name, ("{}", "{}"))
        return "; ".join((ro if is_romanian else en).format(each) for each in fact)
    if not is_romanian:
        return fact
    if name in _REASONS:
        return reason_in_romanian(fact)
    if name == "field":
        return _FIELDS.get(fact, fact)
    return _MOVEMENTS.get(fact, fact) if name == "movement" else fact
