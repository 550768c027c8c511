"""The words of the pages, in Romanian and English."""

import enum
from collections.abc import Mapping
from typing import Final

from aiohttp import web


class Language(enum.StrEnum):
    """A language of the pages."""

    RO = "ro"
    EN = "en"


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "login_title": ("Autentificare", "Log in"),
    "name": ("Nume", "Name"),
    "password": ("Parolă", "Password"),
    "log_in": ("Intră", "Log in"),
    "wrong_login": ("Numele sau parola nu sunt bune.", "The name or the password is wrong."),
    "wait": (
        "Prea multe încercări. Încercați din nou peste {seconds} s.",
        "Too many attempts. Try again in {seconds} s.",
    ),
    "demo_login": ("Aceasta este o demonstrație. Intrați cu:", "This is a demo. Log in with:"),
    "status_title": ("Starea depozitului", "Storeroom status"),
    "log_out": ("Ieșire", "Log out"),
    "api_docs": ("API", "API"),
    "other_language": ("English", "Română"),
    "live": ("în direct", "live"),
    "offline": ("fără legătură", "offline"),
    "products": ("Produse", "Products"),
    "orders": ("Comenzi", "Orders"),
    "open": ("deschise", "open"),
    "on_hand": ("Pe stoc", "On hand"),
    "reserved": ("Rezervat", "Reserved"),
    "available": ("Disponibil", "Available"),
    "actors": ("Actori activi", "Live actors"),
    "alerts": ("Alerte", "Alerts"),
    "no_alerts": ("Nicio alertă.", "No alerts."),
    "close": ("Am văzut", "Seen"),
    "last_orders": ("Ultimele comenzi", "Last orders"),
    "no_orders": ("Nicio comandă încă.", "No orders yet."),
    "number": ("Număr", "Number"),
    "source": ("Sursă", "Source"),
    "customer": ("Client", "Customer"),
    "total": ("Total", "Total"),
    "status": ("Stare", "Status"),
    "placed": ("Plasată", "Placed"),
    "shops": ("Magazine", "Shops"),
    "no_shops": ("Niciun magazin.", "No shops."),
    "pending": ("De transmis", "To be sent"),
    "in_doubt": ("Nesigure", "In doubt"),
    "parked": ("Parcate", "Parked"),
    "held": ("Reținute", "Held"),
    "statuses_due": ("Stări de transmis", "Statuses due"),
    "oldest": ("Cea mai veche", "Oldest"),
    "nothing_pending": ("Magazinul știe tot.", "The shop knows everything."),
    "send_now": ("Trimite acum", "Send now"),
    "orders_read": ("Comenzi citite", "Orders read"),
    "never": ("niciodată", "never"),
    "failing": ("Comenzile nu pot fi citite de la", "Orders cannot be read since"),
    "stopped": ("Oprit", "Stopped"),
    "not_served": ("Magazinul nu este servit.", "The shop is not served."),
    "budget": ("Cereri rămase", "Requests left"),
    "read": ("citire", "read"),
    "write": ("scriere", "write"),
    "last_request": ("Ultima cerere combinată", "Last combined request"),
    "nothing_sent": ("Nimic trimis încă.", "Nothing sent yet."),
    "sku": ("SKU", "SKU"),
    "stock": ("Stoc", "Stock"),
    "price": ("Preț", "Price"),
    "answer": ("Răspuns", "Answer"),
    "should_have": ("Trebuie", "Should have"),
    "shop_has": ("Are", "Has"),
    "why": ("De ce", "Why"),
    "more": ("și încă {count}", "and {count} more"),
    "system": ("Sistem", "System"),
    "actor_class": ("Actor", "Actor"),
    "alive": ("activi", "live"),
    "handled": ("mesaje", "messages"),
    "mean": ("medie", "mean"),
    "commits": ("tranzacții", "commits"),
    "loop_lag": ("întârzierea buclei", "loop lag"),
    "state_taken": ("preluată", "taken"),
    "state_reserved": ("rezervată", "reserved"),
    "state_short": ("lipsă stoc", "short"),
    "state_picking": ("în culegere", "picking"),
    "state_picked": ("culeasă", "picked"),
    "state_shipped": ("expediată", "shipped"),
    "state_invoiced": ("facturată", "invoiced"),
    "state_cancelled": ("anulată", "cancelled"),
    "wait_waiting": ("așteaptă", "waits"),
    "wait_in_doubt": ("nesigur", "in doubt"),
    "wait_parked": ("parcat", "parked"),
    "wait_held": ("reținut pentru un om", "held for a person"),
    "item_done": ("primit", "done"),
    "outcome_answered": ("răspuns primit", "answered"),
    "outcome_not_applied": ("neaplicat", "not applied"),
    "outcome_refused": ("refuzat", "refused"),
    "outcome_unauthorized": ("cheie refuzată", "key refused"),
    "outcome_unknown": ("rezultat necunoscut", "outcome unknown"),
    "item_missing": ("lipsă din răspuns", "missing from the answer"),
    "item_unknown_item": ("necunoscut în magazin", "not known in the shop"),
    "failed": ("Nu a mers:", "It failed:"),
}

_COLUMN: Final = {Language.RO: 0, Language.EN: 1}

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    language: {name: words[column] for name, words in _WORDS.items()}
    for language, column in _COLUMN.items()
}


def language_of(request: web.Request, default: str) -> Language:
    """The language a page is asked for: by ``lang``, else by the browser, else the default."""
    wanted = request.query.get("lang")
    if wanted in set(Language):
        return Language(wanted)
    for word in request.headers.get("Accept-Language", "").lower().split(","):
        tag = word.partition(";")[0].strip()[:2]
        if tag in set(Language):
            return Language(tag)
    return Language(default) if default in set(Language) else Language.RO
