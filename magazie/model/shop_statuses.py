"""A shop's own list of order statuses, and what its entries mean here."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from magazie.model.romanian_letters import fold

CANCELLED, RETURNED = "cancelled", "returned"


class Status(msgspec.Struct, frozen=True):
    """One entry: ``type`` is sale, return, cancel, or None where the shop does not say."""

    id: str
    name: str
    type: str | None = None


class StatusBook:
    """Finds statuses by our milestones and says which of them want no goods.

    A status is known by its type where the shop gives one, else by the name that the
    setting ``status_map`` gives it. Names compare without case and diacritics.
    """

    def __init__(self, statuses: Iterable[Status], status_map: Mapping[str, str]) -> None:
        """``status_map``: milestone → name in the shop; empty = not told."""
        self._by_id = {status.id: status for status in statuses}
        self._by_name = {fold(status.name): status for status in self._by_id.values()}
        self._map = dict(status_map)

    @property
    def is_empty(self) -> bool:
        """Whether the list is not known yet."""
        return not self._by_id

    def wants_nothing(self, status_id: str, name: str) -> bool:
        """Whether an order in this status claims no goods: cancelled or returned."""
        known = self._by_id.get(status_id)
        if known is not None and known.type is not None:
            return known.type in {"cancel", "return"}
        shown = fold(known.name if known is not None else name)
        return shown in {fold(self._map.get(CANCELLED, "")), fold(self._map.get(RETURNED, ""))} - {
            ""
        }

    def name_for(self, milestone: str) -> str:
        """The mapped name; empty when the milestone is not to be told."""
        return self._map.get(milestone, "")

    def id_for(self, milestone: str) -> str | None:
        """The shop's id for a milestone; None when not mapped, or no status has that name."""
        name = self.name_for(milestone)
        status = self._by_name.get(fold(name)) if name else None
        return status.id if status is not None else None

    def is_milestone(self, status_id: str, *, but: Collection[str] = ()) -> bool:
        """Whether one of our milestones has this status, those of ``but`` left out.

        An order in such a status is past 'taken' already.
        """
        status = self._by_id.get(status_id)
        told = {fold(name) for key, name in self._map.items() if name and key not in but}
        return status is not None and fold(status.name) in told
