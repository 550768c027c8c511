from collections.abc import Callable, Mapping

from msgspec import Struct

from magazie.simulators.gomag.faults import FaultBoard, FaultKind
from magazie.simulators.gomag.state import ShopState


class Call(Struct, kw_only=True):
    """One request on its way through an endpoint."""

    path: str
    now_ms: int
    query: Mapping[str, str]
    payload: object
    faults: FaultBoard
    ignored: bool = False
    """Answer as if the write were applied, and do not apply it."""
    page_fault: FaultKind | None = None
    refused: list[str] = []
    """Filled with the SKUs refused one by one."""
    increments: int = 0
    """Counted up for each item that asks for an increment."""

    def item_fault(self, sku: str) -> FaultKind | None:
        """Draw the injected fault of one item."""
        return self.faults.strike_item(self.path, sku)


Endpoint = Callable[[ShopState, Call], object]
"""Carries out a call and returns the JSON of its answer; may raise ``RefusedError``."""
