"""A room in which goods are received and counted at terminals."""

from pathlib import Path
from typing import Any

import msgspec

from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.picking_messages import ScanCode, UndoLast
from magazie.actors.tally_answers import TallyShown, TallyStateShown
from magazie.actors.tally_desk import DESK_KEY, TallyDesk
from magazie.actors.tally_messages import (
    Announce,
    AnnouncedLine,
    CompleteTally,
    CountPlace,
    LeaveTally,
    LogStrayTally,
    OperateTally,
    ReceiveGoods,
    ResumePosting,
    SetLine,
    ShowTally,
    TakeOverTally,
    TallyCommand,
)
from magazie.actors.tally_session import TallySession
from magazie.model.ids import encode_id
from magazie.model.tally import Tally
from magazie.storage.movements import MovementKind
from tests.picking.picking_room import PickingRoom
from tests.storage.fresh_books import open_fresh

E1, E2, E3 = "2000000001012", "2000000001029", "2000000001036"
PIECE = 1000


class TallyRoom(PickingRoom):
    """P1 lies at B-10, P2 at A-2, P3 at A-10; a thousand of each."""

    @classmethod
    async def furnished(cls, folder: Path) -> "TallyRoom":
        room = cls(folder, await open_fresh(folder / "books.db"))
        await room.furnish()
        return room

    async def settle(self) -> None:
        for (tally_id,) in await self.rows("SELECT id FROM tallies WHERE state = 'posting'"):
            await self.ask(TallySession, tally_id, ResumePosting())
        await super().settle()

    # --- opening ----------------------------------------------------------------------

    async def announce(
        self,
        *lines: tuple[int, int],
        reference: str = "AVIZ 7",
        warehouse: str = "principal",
        cost_e4: int | None = None,
    ) -> int:
        message = Announce(
            warehouse=warehouse,
            reference=reference,
            supplier="Furnizor",
            lines=tuple(AnnouncedLine(it, pieces * PIECE, cost_e4) for it, pieces in lines),
            created_by="Ana",
        )
        tally: Tally = await self.ask(TallySession, self.ids.next_id(), message)
        return tally.id

    async def desk(self, message: object) -> Any:
        answer = await self.ask(TallyDesk, DESK_KEY, message)
        return msgspec.json.decode(answer) if isinstance(answer, bytes) else answer

    async def receiving(
        self, terminal: str, reception: int | str, op: str | None = None
    ) -> TallyShown | dict[str, Any]:
        """Count an announced reception, or a blind one of this reference."""
        mark = self.mark(terminal, reception, op)
        if isinstance(reception, int):
            return await self.desk(ReceiveGoods(mark, encode_id(reception)))
        return await self.desk(
            ReceiveGoods(mark, None, reception, "Furnizor", warehouse="principal")
        )

    async def counting(
        self, terminal: str, location: str, op: str | None = None, warehouse: str = "principal"
    ) -> Any:
        mark = self.mark(terminal, location, op)
        return await self.desk(CountPlace(mark, location, warehouse))

    async def taking_over(self, terminal: str, tally_id: int | None, op: str | None = None) -> Any:
        return await self.desk(TakeOverTally(self.mark(terminal, tally_id, op), tally_id))

    async def stray_tally(self, terminal: str, code: str, op: str | None = None) -> Any:
        return await self.desk(LogStrayTally(self.mark(terminal, code, op), "scan", code))

    # --- operations -------------------------------------------------------------------

    async def tally(
        self, tally_id: int, terminal: str, command: TallyCommand, op: str | None = None
    ) -> dict[str, Any]:
        message = OperateTally(self.mark(terminal, (tally_id, command), op), command)
        answer = await self.directory.ask(TallySession, tally_id, message, timeout=30)
        decoded: dict[str, Any] = msgspec.json.decode(answer)
        return decoded

    async def counts_on(
        self,
        tally_id: int,
        code: str,
        pieces: int = 1,
        terminal: str = "T1",
        op: str | None = None,
    ) -> str:
        answer = await self.tally(tally_id, terminal, ScanCode(code, pieces * PIECE), op)
        return str(answer.get("outcome", answer.get("reason")))

    async def undoes(self, tally_id: int, terminal: str = "T1") -> str:
        return str((await self.tally(tally_id, terminal, UndoLast()))["outcome"])

    async def sets(
        self, tally_id: int, line: int, pieces: int, terminal: str = "T1"
    ) -> dict[str, Any]:
        return await self.tally(tally_id, terminal, SetLine(line, pieces * PIECE))

    async def leaves(self, tally_id: int, terminal: str = "T1") -> str:
        return str((await self.tally(tally_id, terminal, LeaveTally()))["outcome"])

    async def completes(
        self,
        tally_id: int,
        terminal: str = "T1",
        *,
        accepts: bool = False,
        op: str | None = None,
    ) -> dict[str, Any]:
        return await self.tally(tally_id, terminal, CompleteTally(accepts), op)

    # --- the books --------------------------------------------------------------------

    async def tally_shown(self, tally_id: int) -> TallyStateShown:
        shown: TallyShown = await self.ask(TallySession, tally_id, ShowTally())
        return shown.shown

    async def counted(self, tally_id: int) -> dict[int, str | None]:
        return {it.line: it.counted for it in (await self.tally_shown(tally_id)).lines}

    async def moved(self, tally_id: int) -> list[tuple[str, int, int]]:
        """(kind, product, pieces) of every line of every movement that the tally made."""
        rows = await self.rows(
            "SELECT m.kind, l.product_id, l.quantity_milli FROM movements AS m"
            " JOIN movement_lines AS l ON l.movement_id = m.id"
            " WHERE m.source = 'tally' AND m.idempotency_key = ? ORDER BY l.line",
            encode_id(tally_id),
        )
        return [(kind, product_id, milli // PIECE) for kind, product_id, milli in rows]

    async def on_hand(self, product_id: int, warehouse: str = "principal") -> int:
        rows = await self.rows(
            "SELECT on_hand_milli FROM balances WHERE product_id = ? AND warehouse = ?",
            product_id,
            warehouse,
        )
        return int(rows[0][0]) // PIECE if rows else 0

    async def adjust(self, product_id: int, pieces: int) -> None:
        key = f"a{next(self._ops)}"
        message = CreateMovement(
            kind=MovementKind.ADJUSTMENT,
            warehouse="principal",
            reference=key,
            created_by="Ana",
            lines=(NewLine(product_id, pieces * PIECE),),
        )
        await self.ask(MovementActor, ("test", key), message)

    async def alerts_of(self, kind: str) -> list[tuple[str, str]]:
        return await self.rows(
            "SELECT subject, text FROM alerts WHERE kind = ? AND state = 'open'", kind
        )


def id_of(shown: Any) -> int:
    assert isinstance(shown, TallyShown), shown
    return shown.tally_id
