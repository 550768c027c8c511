"""The alert of goods that are not as they should be, when a tally is done."""

import sqlite3

from magazie.model.tally import Tally, TallyKind, differences
from magazie.storage.alerts import raise_alert


def tell_differences(connection: sqlite3.Connection, tally: Tally, now_ms: int) -> None:
    """Raise it in the unit that notes the end, where there is a difference."""
    found = differences(tally)
    if not found.any:
        return
    subject = f"tally:{tally.id}"
    if tally.kind is TallyKind.RECEPTION:
        facts = {
            "reference": tally.reference,
            "missing": str(found.missing),
            "surplus": str(found.surplus),
            "unexpected": str(found.unexpected),
        }
        raise_alert(connection, "reception_differs", subject, facts, now_ms)
    else:
        facts = {
            "location": tally.location,
            "missing": str(found.missing),
            "surplus": str(found.surplus),
            "astray": str(found.astray),
        }
        raise_alert(connection, "count_differs", subject, facts, now_ms)
