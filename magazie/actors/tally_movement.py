"""The document that a tally makes, and what the office may announce of one. Pure."""

import re
from typing import Final

from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.movement_rules import faults_of as movement_faults
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.settings_book import SettingsBook
from magazie.actors.tally_messages import Announce
from magazie.model.tally import (
    Tally,
    TallyKind,
    TallyLine,
    TallyState,
    postings,
)
from magazie.storage.movements import MovementKind

SOURCE: Final = "tally"
"""Under this source, and the tally's id as key, stands its movement."""

_LINE: Final = re.compile(r"lines\[(\d+)\]\.")


def movement_of(tally: Tally) -> CreateMovement:
    """The one movement of a tally: always the same, as nothing is counted any more."""
    is_count = tally.kind is TallyKind.COUNT
    return CreateMovement(
        kind=MovementKind.ADJUSTMENT if is_count else MovementKind.RECEPTION,
        warehouse=tally.warehouse,
        reference=tally.reference,
        supplier=tally.supplier,
        lines=tuple(
            NewLine(each.product_id, each.quantity_milli, each.unit_cost_e4)
            for each in postings(tally)
        ),
        created_by=tally.who,
    )


def refused_lines(tally: Tally, error: FieldsRefusedError) -> frozenset[int]:
    """The numbers of the tally's lines that the movement cannot have."""
    posted = postings(tally)
    places = [_LINE.match(fault.field) for fault in error.faults]
    return frozenset(posted[int(place[1])].line for place in places if place is not None)


def announced(tally_id: int, message: Announce) -> Tally:
    """The reception that waits for its goods."""
    return Tally(
        id=tally_id,
        kind=TallyKind.RECEPTION,
        state=TallyState.WAITING,
        reference=message.reference,
        supplier=message.supplier,
        warehouse=message.warehouse,
        is_announced=True,
        lines=tuple(
            TallyLine(
                number,
                line.product_id,
                expected_milli=line.quantity_milli,
                unit_cost_e4=line.unit_cost_e4,
            )
            for number, line in enumerate(message.lines, start=1)
        ),
    )


def faults_of(
    message: Announce, book: SettingsBook, nomenclature: Nomenclature
) -> list[FieldFault]:
    """Everything that cannot be announced: what no movement can say, and a product twice."""
    movement = CreateMovement(
        kind=MovementKind.RECEPTION,
        warehouse=message.warehouse,
        reference=message.reference,
        supplier=message.supplier,
        lines=tuple(
            NewLine(line.product_id, line.quantity_milli, line.unit_cost_e4)
            for line in message.lines
        ),
        created_by=message.created_by,
    )
    faults = movement_faults(movement, book, nomenclature)
    seen: set[int] = set()
    for index, line in enumerate(message.lines):
        if line.product_id in seen:
            text = "is announced twice: add the quantities up"
            faults.append(FieldFault(f"lines[{index}].product", text))
        seen.add(line.product_id)
    return faults
