"""Which product a shop's item is: linked to it, created whole, or left to a person.

The item's SKU and its EAN are each looked up among the codes, EANs and additional codes of all
products, in their comparable forms (``codes.py``). All hits on one product link, no hit creates;
anything else is a person's to decide, never a guess. A verdict depends on no other item's having
been imported before, so an import that is begun again ends the same.
"""

import enum
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar

import msgspec

from magazie.model.codes import keys_of, normalise_code

K = TypeVar("K")

MOST_NAMED = 20
"""Other items that a verdict names at most."""


class MatchAction(enum.StrEnum):
    """What import does with an item."""

    KEEP = "keep"
    LINK = "link"
    CREATE = "create"
    ASK = "ask"
    IGNORE = "ignore"


class MatchReason(enum.StrEnum):
    """Why; ``match_words`` says it to people."""

    LINKED = "linked"
    IGNORED = "ignored"
    SAME_CODES = "same_codes"
    RETURNED = "returned"
    CHOSEN = "chosen"
    NOTHING_ALIKE = "nothing_alike"
    NO_CODES = "no_codes"
    WANTED_NEW = "wanted_new"
    CODES_DISAGREE = "codes_disagree"
    SEVERAL_PRODUCTS = "several_products"
    SEVERAL_ITEMS = "several_items"
    PRODUCT_TAKEN = "product_taken"
    FAMILY_CODE = "family_code"
    UNTIED_BEFORE = "untied_before"
    NAMELESS = "nameless"
    REFUSED = "refused"


class TieState(enum.StrEnum):
    """How an item stands to the product it is, or was, tied to."""

    LINKED = "linked"
    GONE = "gone"
    UNTIED = "untied"


class Tie(msgspec.Struct, frozen=True, gc=False):
    """The product that an item is, or was, tied to."""

    product_id: int
    state: TieState


class ChoiceAction(enum.StrEnum):
    """What a person decided of an item."""

    LINK = "link"
    CREATE = "create"
    IGNORE = "ignore"


class Choice(msgspec.Struct, frozen=True, gc=False):
    """A person's word on an item; ``is_done`` once it was carried out."""

    action: ChoiceAction
    product_id: int | None = None
    is_done: bool = False


class ShopItem(msgspec.Struct, frozen=True, gc=False):
    """What matching needs of an item that the shop has now.

    ``family`` is the code of the family of versions that it is of, ``main`` the item that is the
    main one of them; both may be empty.
    """

    external_id: str
    sku: str
    ean: str
    has_name: bool = True
    family: str = ""
    main: str = ""
    tie: Tie | None = None
    choice: Choice | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What to do with an item, and why.

    ``product_id`` is the one to keep or link; ``products`` and ``items`` are those that the
    reason speaks of; ``detail`` is a refusal in its own words.
    """

    action: MatchAction
    reason: MatchReason
    product_id: int | None = None
    products: tuple[int, ...] = ()
    items: tuple[str, ...] = ()
    detail: str = ""


def ask(reason: MatchReason, *, products: Iterable[int] = (), items: Iterable[str] = ()) -> Verdict:
    """Leave the item to a person."""
    return Verdict(
        MatchAction.ASK,
        reason,
        products=tuple(sorted(set(products))),
        items=tuple(sorted(set(items)))[:MOST_NAMED],
    )


def judge(item: ShopItem, by_sku: Iterable[int], by_ean: Iterable[int]) -> Verdict:
    """The verdict on an item as if it were the shop's only one.

    Args:
        item: The item.
        by_sku: Products that its SKU names.
        by_ean: Products that its EAN names.

    """
    settled = _settled(item)
    if settled is not None:
        return settled
    sku_hits, ean_hits = set(by_sku), set(by_ean)
    hits = sku_hits | ean_hits
    if len(hits) > 1:
        disagree = bool(sku_hits and ean_hits) and sku_hits.isdisjoint(ean_hits)
        reason = MatchReason.CODES_DISAGREE if disagree else MatchReason.SEVERAL_PRODUCTS
        return ask(reason, products=hits)
    if hits:
        (product_id,) = hits
        if item.tie == Tie(product_id, TieState.UNTIED):
            return ask(MatchReason.UNTIED_BEFORE, products=hits)
        return Verdict(MatchAction.LINK, MatchReason.SAME_CODES, product_id)
    if keys_of(item.sku) or keys_of(item.ean):
        return Verdict(MatchAction.CREATE, MatchReason.NOTHING_ALIKE)
    return (
        Verdict(MatchAction.CREATE, MatchReason.NO_CODES)
        if item.has_name
        else ask(MatchReason.NAMELESS)
    )


def _settled(item: ShopItem) -> Verdict | None:
    """The verdict that an earlier link or a person's word gives, whatever the codes say."""
    tie, choice = item.tie, item.choice
    if tie is not None and tie.state is TieState.LINKED:
        return Verdict(MatchAction.KEEP, MatchReason.LINKED, tie.product_id)
    match choice:
        case Choice(ChoiceAction.IGNORE):
            return Verdict(MatchAction.IGNORE, MatchReason.IGNORED)
        case _ if tie is not None and tie.state is TieState.GONE:
            return Verdict(MatchAction.LINK, MatchReason.RETURNED, tie.product_id)
        case Choice(ChoiceAction.LINK, product_id, False):
            return Verdict(MatchAction.LINK, MatchReason.CHOSEN, product_id)
        case Choice(ChoiceAction.CREATE, _, False):
            return Verdict(MatchAction.CREATE, MatchReason.WANTED_NEW)
    if tie is not None and choice is not None:
        return ask(MatchReason.UNTIED_BEFORE, products=(tie.product_id,))
    return None


class _Several(Generic[K]):
    """Which items stand under an entry, sorted; most entries have one, some have thousands."""

    def __init__(self) -> None:
        self._under: dict[K, list[str]] = {}

    def of(self, entry: K) -> Sequence[str]:
        return self._under.get(entry, ())

    def add(self, entry: K, external_id: str) -> None:
        insort(self._under.setdefault(entry, []), external_id)

    def remove(self, entry: K, external_id: str) -> None:
        those = self._under.get(entry, [])
        place = bisect_left(those, external_id)
        if those[place : place + 1] == [external_id]:
            del those[place]
            if not those:
                del self._under[entry]


class Matching:
    """All items of one shop, each judged beside the others.

    Two items that would become one product are both left to a person, unless one of them is
    linked already: then only the other is. Neither wins for coming first.
    """

    def __init__(self, find: Callable[[str], Iterable[int]]) -> None:
        """``find`` gives the products that a key names (see ``codes.keys_of``)."""
        self._find = find
        self._items: dict[str, ShopItem] = {}
        self._aims: dict[str, int] = {}
        self._by_key: _Several[str] = _Several()
        self._tied: _Several[int] = _Several()
        self._aiming: _Several[int] = _Several()
        self._families: _Several[str] = _Several()

    def __len__(self) -> int:
        return len(self._items)

    def item(self, external_id: str) -> ShopItem:
        """One item as it was last put; KeyError where there is none."""
        return self._items[external_id]

    def ids(self) -> list[str]:
        """The items, in the order in which they were put last."""
        return list(self._items)

    def put(self, item: ShopItem) -> None:
        """Note an item that the shop has, or what became of it."""
        self.drop(item.external_id)
        self._items[item.external_id] = item
        for index, entry in _entries(item):
            self._index(index).add(entry, item.external_id)
        verdict = self._alone(item)
        if verdict.product_id is not None:
            near = self._tied if verdict.action is MatchAction.KEEP else self._aiming
            near.add(verdict.product_id, item.external_id)
            self._aims[item.external_id] = verdict.product_id

    def drop(self, external_id: str) -> None:
        """Forget an item; nothing happens where it is not known."""
        known = self._items.pop(external_id, None)
        if known is None:
            return
        for index, entry in _entries(known):
            self._index(index).remove(entry, external_id)
        aim = self._aims.pop(external_id, None)
        if aim is not None:
            self._tied.remove(aim, external_id)
            self._aiming.remove(aim, external_id)

    def verdict(self, external_id: str) -> Verdict:
        """What to do with an item, in view of the shop's other items."""
        item = self._items[external_id]
        verdict = self._alone(item)
        match verdict:
            case Verdict(MatchAction.LINK, MatchReason.SAME_CODES, int(product_id)):
                other = self._rival_for(product_id, item) or self._family_clash(item)
            case Verdict(MatchAction.LINK, MatchReason.RETURNED, int(product_id)):
                other = self._rival_for(product_id, item)
            case Verdict(MatchAction.CREATE, MatchReason.NOTHING_ALIKE):
                other = self._double_of(item) or self._family_clash(item)
            case _:
                other = None
        return other or verdict

    def _alone(self, item: ShopItem) -> Verdict:
        return judge(item, self._hits(item.sku), self._hits(item.ean))

    def _hits(self, text: str) -> Iterable[int]:
        keys = keys_of(text)
        # two texts have a key in common exactly if their widest keys are equal
        return self._find(keys[-1]) if keys else ()

    def _rival_for(self, product_id: int, item: ShopItem) -> Verdict | None:
        """Another item that is the product already, or would be."""
        mine = item.external_id
        tied = _named(other for other in self._tied.of(product_id) if other != mine)
        if tied:
            return ask(MatchReason.PRODUCT_TAKEN, products=(product_id,), items=tied)
        # what the other would be is asked anew: codes may have changed since it was put
        aiming = _named(
            other
            for other in self._aiming.of(product_id)
            if other != mine and self._alone(self._items[other]).product_id == product_id
        )
        if aiming:
            return ask(MatchReason.SEVERAL_ITEMS, products=(product_id,), items=aiming)
        return None

    def _double_of(self, item: ShopItem) -> Verdict | None:
        """Another item with a code of this one: the product made of either would be both."""
        mine = item.external_id
        others = [
            it
            for key in _keys(item)
            for it in _named(other for other in self._by_key.of(key) if other != mine)
        ]
        return ask(MatchReason.SEVERAL_ITEMS, items=others) if others else None

    def _family_clash(self, item: ShopItem) -> Verdict | None:
        """An item whose code is that of another family could stand for all of that family."""
        code = normalise_code(item.sku)
        if code is None or code == normalise_code(item.family):
            return None
        members = _named(
            each for each in self._families.of(code) if self._items[each].main != item.external_id
        )
        return ask(MatchReason.FAMILY_CODE, items=members) if members else None

    def _index(self, name: str) -> _Several[str]:
        return self._families if name == "family" else self._by_key


def _named(items: Iterable[str]) -> list[str]:
    """No more of them than a verdict names: thousands of items may share a code."""
    return list(islice(items, MOST_NAMED))


def _keys(item: ShopItem) -> frozenset[str]:
    return frozenset(keys[-1] for text in (item.sku, item.ean) if (keys := keys_of(text)))


def _entries(item: ShopItem) -> Iterator[tuple[str, str]]:
    """Under what others find the item; one that a person ignores is in nobody's way."""
    is_tied = item.tie is not None and item.tie.state is TieState.LINKED
    is_ignored = item.choice is not None and item.choice.action is ChoiceAction.IGNORE
    if is_ignored and not is_tied:
        return
    for key in sorted(_keys(item)):
        yield "key", key
    family = normalise_code(item.family)
    if family is not None:
        yield "family", family
