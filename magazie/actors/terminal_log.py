"""How an operation of a terminal stands in a log, and what was told with a scan. Pure."""

from collections.abc import Mapping
from typing import Final, TypeVar

from magazie.actors.picking_messages import OpMark, ScanCode
from magazie.model.finder import Finding, Identity, ThingKind
from magazie.model.tracking import NOTHING_NOTED, Note, Tracked, Tracking, serial_key, told_note
from magazie.storage.picked_serials import Holders
from magazie.storage.reads.picking_goods import PickedGoods
from magazie.storage.terminal_operations import TerminalOperation

LoggedT = TypeVar("LoggedT", bound=TerminalOperation)

REFUSED: Final = "refused"
"""The outcome in the log of what could not be."""


def entry(
    log: type[LoggedT],
    mark: OpMark,
    kind: str,
    outcome: str,
    answer: bytes,
    now_ms: int,
    *,
    code: str = "",
    note: Note = NOTHING_NOTED,
) -> LoggedT:
    """An operation, as a log of this kind keeps it. Outside any session or tally this is all."""
    return log(
        terminal=mark.terminal,
        op=mark.op,
        terminal_seq=mark.seq,
        digest=mark.digest,
        kind=kind,
        outcome=outcome,
        who=mark.who,
        code=code,
        serial=note.serial,
        lot=note.lot,
        at_ms=mark.at_ms,
        received_ms=now_ms,
        answer=answer,
    )


def product_of(found: Finding | None) -> int | None:
    """The product that was scanned."""
    if isinstance(found, Identity) and found.kind is ThingKind.PRODUCT:
        return found.id
    return None


def tracked_of(
    scanned: ScanCode,
    found: Finding | None,
    goods: Mapping[int, PickedGoods],
    holders: Holders,
) -> Tracked:
    """What is asked of the goods that were scanned, and what was told of them with the scan.

    What was scanned or typed beside the code goes before what the code tells. ``holders`` have
    serial numbers in hand.
    """
    product_id, told = product_of(found), NOTHING_NOTED
    its = goods.get(product_id) if product_id is not None else None
    if scanned.serial or scanned.lot:
        codes = [named.code for named in its.named] if its is not None else []
        told = told_note(scanned.serial, scanned.lot, codes)
    identity = found if isinstance(found, Identity) else None
    note = Note(
        told.serial or (identity.serial if identity else ""),
        told.lot or (identity.lot if identity else ""),
    )
    if its is None:
        return Tracked(Tracking.NONE, note)
    return Tracked(its.tracking, note, holders.get((its.product_id, serial_key(note.serial))))
