"""What operations that wait together come to, decided one after the other. Pure."""

from collections.abc import Mapping
from typing import Any

from magazie.actors.picking_answers import encoded
from magazie.actors.picking_log import (
    decide,
    kind_of,
    logged,
    refused,
    result_of,
    serial_of,
)
from magazie.actors.picking_messages import Operate, ScanCode, SessionNotFoundError
from magazie.actors.repeats import answered_again
from magazie.actors.terminal_log import tracked_of
from magazie.model.finder import Finding
from magazie.model.picking import PickingState
from magazie.model.picking_rules import Decision
from magazie.model.tracking import NOT_TRACKED
from magazie.storage.orders import Order
from magazie.storage.picked_serials import Holders, PickedSerial
from magazie.storage.picking import Operation
from magazie.storage.reads.picking_goods import PickedGoods
from magazie.storage.terminal_operations import Known


class Round:
    """The session after the operations, their log and their answers; nothing is stored by it.

    ``holders`` have serial numbers in hand, so that they are refused here.
    """

    def __init__(
        self,
        session: PickingState,
        known: Known,
        *,
        goods: Mapping[int, PickedGoods],
        orders: Mapping[int, Order],
        holders: Holders,
        takes_quantities: bool,
    ) -> None:
        """Nothing is decided yet."""
        self.session = session
        self.log: list[Operation] = []
        self.serials: list[PickedSerial] = []
        self.answers: list[Any] = []
        self._known = known
        self._fresh: Known = {}
        self._goods = goods
        self._orders = orders
        self._holders = holders
        self._takes_quantities = takes_quantities

    def take(self, message: Operate, found: Mapping[str, Finding], now_ms: int) -> None:
        """Decide one more; ``found`` is what each code is."""
        key = (message.mark.terminal, message.mark.op)
        known = self._known.get(key) or self._fresh.get(key)
        if known is not None:
            self.answers.append(answered_again(known, message.mark))
        elif not self.session.is_open:
            self.answers.append(SessionNotFoundError("the session has ended"))
        else:
            command = message.command
            its = found.get(command.code) if isinstance(command, ScanCode) else None
            operation = self._decide(message, its, now_ms)
            self.log.append(operation)
            self._fresh[key] = (operation.digest, operation.answer)
            self.answers.append(operation.answer)

    def _decide(self, message: Operate, found: Finding | None, now_ms: int) -> Operation:
        mark, command, before = message.mark, message.command, self.session
        kind = kind_of(command)
        tracked = NOT_TRACKED
        if isinstance(command, ScanCode):
            tracked = tracked_of(command, found, self._goods, self._holders)
        decision = decide(
            before, mark, command, found, tracked, takes_quantities=self._takes_quantities
        )
        if not isinstance(decision, Decision):
            self.session, operation = refused(before, mark, kind, decision, now_ms)
            return operation
        self.session = decision.session
        serial = serial_of(decision)
        if serial is not None:
            self.serials.append(serial)
        answer = encoded(result_of(mark, decision, self._orders, self._goods, found, tracked))
        return logged(
            before,
            mark,
            kind,
            decision,
            answer,
            now_ms,
            command=command,
            found=found,
            note=tracked.note,
        )
