"""What a movement may say, as far as the message itself and the look-ups tell."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from magazie.actors.field_faults import FieldFault
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.settings_book import SettingsBook
from magazie.model.decimals import MAX_PRICE_E4, MAX_QUANTITY_MILLI
from magazie.storage.movements import MovementKind

MOST_LINES: Final = 1000
IS_A_BUNDLE: Final = "is a bundle: move the stock of its parts"
_LONGEST: Final = {"reference": 200, "supplier": 200}
_LONGEST_NOTE: Final = 500


def faults_of(
    message: CreateMovement, book: SettingsBook, nomenclature: Nomenclature
) -> list[FieldFault]:
    """Everything that cannot be, whatever the stock is."""
    return [
        *_head(message, book),
        *(
            fault
            for index, line in enumerate(message.lines)
            for fault in _line(f"lines[{index}]", line, message.kind, nomenclature)
        ),
        *_opened_twice(message),
    ]


def leaving(message: CreateMovement) -> dict[int, int]:
    """Product → the most thousandths that are out of ``warehouse`` after any of its lines."""
    out: Counter[int] = Counter()
    most: Counter[int] = Counter()
    for line in message.lines:
        if message.kind == MovementKind.TRANSFER:
            out[line.product_id] += line.quantity_milli
        elif message.kind == MovementKind.ADJUSTMENT:
            out[line.product_id] -= line.quantity_milli
        most[line.product_id] = max(most[line.product_id], out[line.product_id])
    return {product_id: milli for product_id, milli in most.items() if milli > 0}


def _head(message: CreateMovement, book: SettingsBook) -> Iterator[FieldFault]:
    if not book.has_warehouse(message.warehouse):
        yield FieldFault("warehouse", "there is no such warehouse")
    if message.kind != MovementKind.TRANSFER:
        if message.to_warehouse is not None:
            yield FieldFault("to_warehouse", "is only for a transfer")
    elif message.to_warehouse is None or not book.has_warehouse(message.to_warehouse):
        yield FieldFault("to_warehouse", "must be a warehouse")
    elif message.to_warehouse == message.warehouse:
        yield FieldFault("to_warehouse", "must be another warehouse")
    for field, longest in _LONGEST.items():
        if len(getattr(message, field)) > longest:
            yield FieldFault(field, f"must have at most {longest} characters")
    if not message.reference.strip():
        yield FieldFault("reference", "must not be empty")
    if not 1 <= len(message.lines) <= MOST_LINES:
        yield FieldFault("lines", f"must have 1 to {MOST_LINES} entries")


def _line(
    field: str, line: NewLine, kind: MovementKind, nomenclature: Nomenclature
) -> Iterator[FieldFault]:
    if not nomenclature.exists(line.product_id):
        yield FieldFault(f"{field}.product", "there is no such product")
    elif nomenclature.parts_of(line.product_id) is not None:
        yield FieldFault(f"{field}.product", IS_A_BUNDLE)
    if (problem := _quantity_problem(line.quantity_milli, kind)) is not None:
        yield FieldFault(f"{field}.quantity", problem)
    if line.unit_cost_e4 is not None and not 0 <= line.unit_cost_e4 <= MAX_PRICE_E4:
        yield FieldFault(f"{field}.unit_cost", "must be from 0 to 10000000")
    if len(line.note) > _LONGEST_NOTE:
        yield FieldFault(f"{field}.note", f"must have at most {_LONGEST_NOTE} characters")


def _quantity_problem(quantity_milli: int, kind: MovementKind) -> str | None:
    if abs(quantity_milli) > MAX_QUANTITY_MILLI:
        return "must be at most 1000000"
    if kind == MovementKind.ADJUSTMENT:
        return None if quantity_milli else "must not be 0"
    if kind == MovementKind.OPENING:
        # nothing on hand is a stock too, and one to tell
        return None if quantity_milli >= 0 else "must not be negative"
    return None if quantity_milli > 0 else "must be more than 0"


def _opened_twice(message: CreateMovement) -> Iterator[FieldFault]:
    if message.kind != MovementKind.OPENING:
        return
    seen: set[int] = set()
    for index, line in enumerate(message.lines):
        if line.product_id in seen:
            yield FieldFault(f"lines[{index}].product", "is opened twice")
        seen.add(line.product_id)
