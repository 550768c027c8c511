"""What cannot be in the maps of categories and attributes."""

import sqlite3
from collections import Counter
from collections.abc import Sequence

from magazie.actors.field_faults import FieldFault, refuse_if_any
from magazie.storage import categories
from magazie.storage.publish_maps import (
    MappedAttribute,
    MappedCategory,
    shop_attribute,
    shop_category,
)


def require_categories(
    connection: sqlite3.Connection, shop: str, wanted: Sequence[MappedCategory]
) -> None:
    """See that both sides are there.

    Raises:
        FieldsRefusedError: something is not there, or is given twice.

    """
    faults = []
    seen = Counter(it.category_id for it in wanted)
    for index, one in enumerate(wanted):
        if not categories.exists(connection, one.category_id):
            faults.append(FieldFault(f"items[{index}].category", "there is no such category"))
        elif seen[one.category_id] > 1:
            faults.append(FieldFault(f"items[{index}].category", "is given twice"))
        for field, target in (("shop_category", one.target_id), ("parent", one.new_parent)):
            if target is not None and not _is_there(connection, shop, target):
                text = "the shop has no such category"
                faults.append(FieldFault(f"items[{index}].{field}", text))
    refuse_if_any(faults)


def require_attributes(
    connection: sqlite3.Connection, shop: str, wanted: Sequence[MappedAttribute]
) -> None:
    """See that the shop has them.

    Raises:
        FieldsRefusedError: it has not, or one is given twice.

    """
    faults = []
    seen = Counter(it.name for it in wanted)
    for index, one in enumerate(wanted):
        if seen[one.name] > 1:
            faults.append(FieldFault(f"items[{index}].attribute", "is given twice"))
        if one.target_id is not None and shop_attribute(connection, shop, one.target_id) is None:
            text = "the shop has no such attribute"
            faults.append(FieldFault(f"items[{index}].shop_attribute", text))
    refuse_if_any(faults)


def _is_there(connection: sqlite3.Connection, shop: str, target: str) -> bool:
    found = shop_category(connection, shop, target)
    return found is not None and not found[1]
