"""What each kind of alert means and what to do about it, in the languages of the pages.

What an alert says of the case at hand is made of its facts (``model.alert_texts``). What does not
depend on the case stands here.
"""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from magazie.http.page_texts import Language


class AlertWords(msgspec.Struct, frozen=True):
    """One kind of alert for people: what it is, and what to do."""

    title: str
    advice: str


_RO_EN: Final[Mapping[str, tuple[AlertWords, AlertWords]]] = {
    "shortage": (
        AlertWords(
            "Lipsă de stoc la o comandă",
            "Recepționați marfă sau înțelegeți-vă cu cumpărătorul. Când vine stoc, comenzile se"
            " completează singure, cea mai veche întâi.",
        ),
        AlertWords(
            "An order lacks goods",
            "Receive goods, or agree with the buyer. When stock comes, orders are filled by"
            " themselves, the oldest first.",
        ),
    ),
    "unlinked_line": (
        AlertWords(
            "Linie fără produs",
            "Importați sau legați articolul magazinului, ori legați linia de un produs. Celelalte"
            " linii sunt rezervate între timp.",
        ),
        AlertWords(
            "A line without a product",
            "Import or link the shop's item, or link the line to a product. The other lines are"
            " reserved meanwhile.",
        ),
    ),
    "catalogue_unreadable": (
        AlertWords(
            "Catalogul magazinului nu se poate citi",
            "Verificați dacă magazinul răspunde și ce drepturi are cheia. Citirea continuă singură"
            " de unde a rămas.",
        ),
        AlertWords(
            "The shop's catalogue cannot be read",
            "See whether the shop answers, and what its key may do. The reading goes on by itself"
            " where it stopped.",
        ),
    ),
    "movement_line_refused": (
        AlertWords(
            "Linie de document refuzată",
            "Îndreptați cauza arătată și introduceți linia din nou. Celelalte linii rămân"
            " înregistrate.",
        ),
        AlertWords(
            "Document line refused",
            "Mend the cause that is given and enter the line anew. The other lines stand.",
        ),
    ),
    "reception_differs": (
        AlertWords(
            "Recepție cu diferențe",
            "Comparați recepția cu avizul și înțelegeți-vă cu furnizorul. Stocul spune ce s-a"
            " numărat.",
        ),
        AlertWords(
            "A reception differs",
            "Compare the reception with the delivery note and settle it with the supplier. The"
            " stock says what was counted.",
        ),
    ),
    "count_differs": (
        AlertWords(
            "Inventar cu diferențe",
            "Priviți diferențele: stocul a fost corectat cu ele. Produsele găsite la alt loc nu au"
            " fost corectate; duceți-le la locul lor sau schimbați-le locul.",
        ),
        AlertWords(
            "A count differs",
            "Look at the differences: the stock was adjusted by them. Products of another place"
            " were not adjusted: take them there, or change their place.",
        ),
    ),
    "order_vanished": (
        AlertWords(
            "Comandă dispărută din magazin",
            "Întrebați magazinul. Dacă nu mai există, anulați comanda aici: singură nu se anulează"
            " niciodată.",
        ),
        AlertWords(
            "Order gone from the shop",
            "Ask the shop. If the order is gone, cancel it here: it is never cancelled by itself.",
        ),
    ),
    "undecodable_order": (
        AlertWords(
            "Comandă neînțeleasă",
            "Priviți comanda în magazin și semnalați forma ei ca eroare a programului. Până este"
            " înțeleasă, stocul articolelor ei nu se transmite; apoi se preia singură.",
        ),
        AlertWords(
            "Order not understood",
            "Look at the order in the shop and report its shape as a bug. Until it is understood,"
            " the stock of its items is not sent; then it is taken by itself.",
        ),
    ),
    "undecodable_item": (
        AlertWords(
            "Articol neînțeles",
            "Semnalați forma articolului ca eroare a programului. Articolul nu se importă.",
        ),
        AlertWords(
            "Item not understood",
            "Report the item's shape as a bug. The item is not imported.",
        ),
    ),
    "import_conflict": (
        AlertWords(
            "Import de lămurit",
            "Hotărâți în lista magazinului: legați articolul de un produs, cereți unul nou sau"
            " ignorați-l. Sau corectați codurile și importați din nou. Nimic nu a fost schimbat.",
        ),
        AlertWords(
            "Import to be decided",
            "Decide it in the shop's listing: link the item to a product, ask for a new one, or"
            " ignore it. Or correct the codes and import again. Nothing was changed.",
        ),
    ),
    "sku_twice": (
        AlertWords(
            "Același SKU la mai multe articole legate",
            "Dați articolelor SKU-uri diferite în magazin, sau dezlegați unul. Stocul se transmite"
            " după SKU, așa că până atunci nu se transmite al niciunuia.",
        ),
        AlertWords(
            "One SKU on several linked items",
            "Give the items different SKUs in the shop, or untie one. Stock is told by SKU, so"
            " until then none of theirs is sent.",
        ),
    ),
    "sku_reused": (
        AlertWords(
            "SKU refolosit în magazin",
            "Alt articol al magazinului are SKU-ul unuia legat. Hotărâți care este produsul și dați"
            " celuilalt alt SKU. Până atunci stocul lui nu se transmite.",
        ),
        AlertWords(
            "SKU used again in the shop",
            "Another item of the shop carries the SKU of a linked one. Decide which of them is the"
            " product, and give the other another SKU. Until then its stock is not sent.",
        ),
    ),
    "orders_unreadable": (
        AlertWords(
            "Comenzile nu pot fi citite",
            "Verificați dacă API-ul magazinului răspunde și motivul arătat. Până atunci stocul nu"
            " se transmite, prețurile da. Se încearcă mereu din nou.",
        ),
        AlertWords(
            "Orders cannot be read",
            "See whether the shop's API answers, and the reason that is given. Until then no stock"
            " is sent; prices are. It is tried again all the time.",
        ),
    ),
    "webhook_silent": (
        AlertWords(
            "Webhook tăcut",
            "Verificați dacă magazinul mai are webhook-ul, adresa și secretul lui. Până atunci"
            " comenzile vin mai târziu, prin citirea periodică.",
        ),
        AlertWords(
            "Webhook silent",
            "See whether the shop still has the webhook, its address and its secret. Until then"
            " orders come later, by polling.",
        ),
    ),
    "shop_stopped": (
        AlertWords(
            "Magazinul refuză cheia",
            "Îndreptați cheia sau drepturile ei în magazin. Până atunci nu se transmite nimic.",
        ),
        AlertWords(
            "The shop refuses the key",
            "Mend the key, or the rights it has in the shop. Until then nothing is sent.",
        ),
    ),
    "item_parked": (
        AlertWords(
            "Articol care nu ajunge în magazin",
            "Îndreptați motivul arătat: un SKU folosit de două ori, un articol șters, alt program"
            " care îl scrie. Se reîncearcă singur, tot mai rar, și când valoarea sau legătura se"
            " schimbă.",
        ),
        AlertWords(
            "An item does not reach the shop",
            "Mend the reason that is given: a SKU used twice, an item deleted, another program"
            " that writes it. It is tried again by itself, ever more rarely, and when its value or"
            " link changes.",
        ),
    ),
    "held_sends": (
        AlertWords(
            "Valori reținute",
            "Verificați dacă schimbarea este voită. Dacă da, eliberați valorile; dacă nu,"
            " îndreptați greșeala aici și nu se transmite nimic.",
        ),
        AlertWords(
            "Values held",
            "See whether the change is meant. If so, release the values; if not, put the mistake"
            " right here and nothing is sent.",
        ),
    ),
    "stock_not_managed": (
        AlertWords(
            "Stoc neurmărit în magazin",
            "Porniți în magazin gestiunea stocului pentru articol și opriți comenzile fără stoc.",
        ),
        AlertWords(
            "Stock not managed in the shop",
            "In the shop, switch the item's stock management on, and orders without stock off.",
        ),
    ),
    "no_stock_source": (
        AlertWords(
            "Fără depozit pentru stoc",
            "Alegeți în setările magazinului depozitul din care vine stocul. Până atunci stocul nu"
            " se transmite.",
        ),
        AlertWords(
            "No warehouse for stock",
            "Choose in the shop's settings the warehouse that stock comes from. Until then none is"
            " sent.",
        ),
    ),
    "no_price_source": (
        AlertWords(
            "Fără depozit pentru prețuri",
            "Alegeți în setările magazinului depozitul din care vin prețurile. Până atunci"
            " prețurile nu se transmit.",
        ),
        AlertWords(
            "No warehouse for prices",
            "Choose in the shop's settings the warehouse that prices come from. Until then none are"
            " sent.",
        ),
    ),
    "publish_refused": (
        AlertWords(
            "Produse nepublicate",
            "Vedeți ce lipsește fiecăruia la publicările magazinului. Ce îndreptați dispare de"
            " aici singur; apoi publicați din nou.",
        ),
        AlertWords(
            "Products not published",
            "See among the shop's publications what each of them lacks. What you mend goes from"
            " here by itself; then publish again.",
        ),
    ),
    "picked_order_changed": (
        AlertWords(
            "Comandă schimbată după ce a fost culeasă",
            "Nu expediați coletul așa. Deschideți comanda la un terminal: arată ce se pune înapoi"
            " și ce mai trebuie. La o comandă anulată puneți marfa la raft și confirmați.",
        ),
        AlertWords(
            "Order changed after it was picked",
            "Do not send the parcel as it is. Open the order at a terminal: it shows what goes back"
            " and what is still wanted. Of a cancelled order put the goods on their shelves, and"
            " confirm it.",
        ),
    ),
    "status_unmapped": (
        AlertWords(
            "Stare negăsită în magazin",
            "Dați etapei arătate numele unei stări care există în magazin, sau lăsați numele gol.",
        ),
        AlertWords(
            "Status not in the shop",
            "Give the milestone the name of a status that exists in the shop, or leave it empty.",
        ),
    ),
    "status_refused": (
        AlertWords(
            "Stare refuzată de magazin",
            "Priviți comanda în magazin. Se încearcă din nou; o stare pusă acolo de un om are"
            " întâietate.",
        ),
        AlertWords(
            "Status refused by the shop",
            "Look at the order in the shop. It is tried again; a status that a person sets there"
            " wins.",
        ),
    ),
}

_COLUMN: Final = {Language.RO: 0, Language.EN: 1}

ALERT_WORDS: Final[Mapping[Language, Mapping[str, AlertWords]]] = {
    language: {kind: words[column] for kind, words in _RO_EN.items()}
    for language, column in _COLUMN.items()
}
"""Language → kind of alert → its words."""

AlertKindText = Annotated[
    str, Meta(description="A kind of alert", extra_json_schema={"enum": sorted(_RO_EN)})
]
"""The field type of an alert's kind in answers."""


def alert_words(kind: str, language: Language) -> AlertWords:
    """The words of a kind; of one that an earlier version raised, its bare name."""
    return ALERT_WORDS[language].get(kind) or AlertWords(kind, "")
