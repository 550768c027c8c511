"""The reasons for which a product's record is refused, in Romanian."""

from typing import Final

from magazie.model.known_sentences import KnownSentences

_WORDS: Final = (
    (r"must have at most (\d+) characters", r"trebuie să aibă cel mult \1 caractere"),
    (r"must have (\d+) to (\d+) characters", r"trebuie să aibă de la \1 la \2 caractere"),
    (r"must have at most (\d+) entries", r"trebuie să aibă cel mult \1 elemente"),
    (r"must be from (\d+) to (\d+)", r"trebuie să fie de la \1 la \2"),
    (r"must be more than 0 and at most (\d+)", r"trebuie să fie mai mare ca 0 și cel mult \1"),
    (r"must not be empty", r"nu poate fi gol"),
    (r"must be a code, not empty.*", r"trebuie să fie un cod, nu gol sau de umplutură"),
    (r"must be a code of at most (\d+) characters", r"trebuie un cod de cel mult \1 caractere"),
    (r"there is no such warehouse", r"nu există acest depozit"),
    (r"there is no such category", r"nu există această categorie"),
    (r"another product has this code", r"alt produs are acest cod"),
    (r"this item is tied to another product", r"articolul este legat de alt produs"),
    (r"untie it first", r"dezlegați-l întâi"),
    (r"is given twice", r"apare de două ori"),
    (r"is noted of a bundle's parts, .*", r"se notează la părțile setului, nu la set"),
    (r"no such product", r"nu există acest produs"),
    (r"the price was changed meanwhile", r"prețul a fost schimbat între timp"),
    (r"the product has no price in this warehouse", r"produsul nu are preț în acest depozit"),
    (r"the price would be 0 or less", r"prețul ar fi 0 sau mai puțin"),
    (r"there is no such shop", r"nu există acest magazin"),
    (r"there is no such product", r"nu există acest produs"),
    (r"must have at most (\d+) parts", r"trebuie să aibă cel mult \1 părți"),
    (r"the product is a part of another bundle", r"produsul este parte a altui set"),
    (r"must be another product", r"trebuie să fie alt produs"),
    (r"is a bundle itself", r"este el însuși un set"),
    (r"no bundle stands in another", r"un set nu poate sta în altul"),
    (
        r"the product has a stock of its own, or orders hold it",
        r"produsul are stoc al lui sau este rezervat de comenzi",
    ),
    (r"the same item is given twice", r"același articol apare de două ori"),
    (r"the product is at version (\d+) now", r"produsul a fost schimbat între timp"),
    (r"the product has no such link", r"produsul nu are această legătură"),
    (r"the product has no such further code", r"produsul nu are acest cod suplimentar"),
    (r"the product has no such image", r"produsul nu are această imagine"),
    (
        r"there is a category of this name under this parent",
        r"există deja o categorie cu acest nume aici",
    ),
    (r"is only for a transfer", r"este doar pentru un transfer"),
    (r"must be a warehouse", r"trebuie să fie un depozit"),
    (r"must be another warehouse", r"trebuie să fie alt depozit"),
    (r"must have (\d+) to (\d+) entries", r"trebuie să aibă de la \1 la \2 elemente"),
    (r"is a bundle: move the stock of its parts", r"este un set: mișcați stocul părților lui"),
    (r"is opened twice", r"este deschis de două ori"),
    (r"must be at most (\d+)", r"trebuie să fie cel mult \1"),
    (r"must not be 0", r"nu poate fi 0"),
    (r"must not be negative", r"nu poate fi negativ"),
    (r"must be more than 0", r"trebuie să fie mai mare ca 0"),
    (
        r"a movement with this key is here with another content",
        r"există deja o mișcare cu această cheie și alt conținut",
    ),
)  # fmt: skip
_KNOWN: Final = KnownSentences(_WORDS)


def in_romanian(reason: str) -> str:
    """The same reason in Romanian; one that is not known stays as it is."""
    return _KNOWN.romanian(reason) or reason


def refusal_in_romanian(refusal: str) -> str:
    """A refusal of one or several ``field: reason``; the fields' names are the same in both."""
    return "; ".join(
        f"{field}{between}{in_romanian(reason)}" if between else in_romanian(field)
        for each in refusal.split("; ")
        for field, between, reason in [each.partition(": ")]
    )
