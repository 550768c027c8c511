from collections.abc import Sequence

from magazie.simulators.gomag.answers import RefusedError, no_data
from magazie.simulators.gomag.switches import Switches


def capped(items: Sequence[object], cap: int, switches: Switches, echo: object) -> Sequence[object]:
    """Hold a batch to its documented size (A11).

    Raises:
        RefusedError: the batch is empty, or too large where that is refused.
    """
    if not items:
        raise no_data()
    if len(items) <= cap:
        return items
    if switches.over_cap == "truncate":
        return items[:cap]
    raise RefusedError("600", ["TOO_MANY_ITEMS"], echo)
