"""The stand-in's tallies: deliveries that are received, and shelves that are counted."""

import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Json = dict[str, Any]

OPENING = frozenset({"receive", "count"})
OF_TALLIES = OPENING | {"set", "leave"}


@dataclass(frozen=True)
class Good:
    """A product of the storeroom; ``codes`` are what scanners read on it."""

    code: str
    name: str
    location: str
    codes: frozenset[str]
    is_bundle: bool = False


@dataclass
class TallyLine:
    line: int
    good: Good
    expected: Decimal | None = None
    counted: Decimal | None = None
    flag: str = ""
    tracking: str = "none"
    numbers: list[tuple[str, str]] = field(default_factory=list)
    """(serial, lot) of each scan that counted."""

    def shown(self, *, is_blind: bool) -> Json:
        expected = None if is_blind or self.expected is None else str(self.expected)
        return {
            "line": self.line,
            "product": self.good.code,
            "code": self.good.code,
            "name": self.good.name,
            "image": None,
            "location": self.good.location,
            "unit": "buc",
            "expected": expected,
            "counted": None if self.counted is None else str(self.counted),
            "flag": self.flag,
            "tracking": "none" if is_blind else self.tracking,
            "codes": [] if is_blind or self.tracking == "none" else sorted(self.good.codes),
            "noted": [{"serial": serial, "lot": lot} for serial, lot in self.numbers],
        }


@dataclass
class Tally:
    number: str
    kind: str
    reference: str
    supplier: str = ""
    location: str = ""
    state: str = "waiting"
    terminal: str | None = None
    owner_name: str = ""
    is_announced: bool = False
    lines: list[TallyLine] = field(default_factory=list)
    scanned: list[tuple[TallyLine, Decimal]] = field(default_factory=list)

    def line_of(self, good: Good) -> TallyLine | None:
        return next((line for line in self.lines if line.good == good), None)


@dataclass
class TallyBooks:
    """Tallies by their numbers, and the goods of the house."""

    goods: list[Good]
    tallies: dict[str, Tally] = field(default_factory=dict)
    warehouses: list[Json] = field(default_factory=lambda: [{"code": "main", "name": "Main"}])
    not_goods: frozenset[str] = frozenset()
    """Numbers of orders and parcels."""
    versions: Any = field(default_factory=lambda: itertools.count(1))

    def at(self, terminal: str) -> Tally | None:
        """The one that is open at the terminal."""
        return next((t for t in self.tallies.values() if self._is_at(t, terminal)), None)

    def announce(self, reference: str, supplier: str, *lines: tuple[str, str]) -> Tally:
        """A delivery of so many of these goods, by their codes."""
        tally = self._new("reception", reference, supplier=supplier, is_announced=True)
        for number, (code, quantity) in enumerate(lines, start=1):
            good = next(good for good in self.goods if good.code == code)
            tally.lines.append(TallyLine(number, good, Decimal(quantity)))
        return tally

    def listed(self, kind: str, *states: str) -> list[Json]:
        """Those of a kind that are so far, as the service lists them."""
        return [
            {
                "id": tally.number,
                "reference": tally.reference,
                "supplier": tally.supplier,
                "location": tally.location,
                "warehouse": "main",
                "state": tally.state,
                "owner_name": tally.owner_name,
                "line_count": len(tally.lines),
            }
            for tally in self.tallies.values()
            if tally.kind == kind and tally.state in states
        ]

    def shown(self, tally: Tally) -> Json:
        is_blind = tally.kind == "count"
        return {
            "type": "tally",
            "tally": tally.number,
            "kind": tally.kind,
            "state": tally.state,
            "reference": tally.reference,
            "supplier": tally.supplier,
            "warehouse": "main",
            "location": tally.location,
            "terminal": tally.terminal,
            "owner_name": tally.owner_name,
            "version": next(self.versions),
            "lines": [line.shown(is_blind=is_blind) for line in tally.lines],
        }

    def apply(self, message: Json, terminal: str, who: str) -> Json:
        """Do what a message about tallies says; the answer, without its op."""
        kind = message["type"]
        if kind in OPENING or (kind == "take_over" and "tally" in message):
            return self._opened(message, terminal, who)
        tally = self.tallies.get(message["tally"])
        if tally is None or tally.state != "open":
            return _result("no_tally")
        if tally.terminal != terminal:
            owner = {"owner": tally.terminal, "owner_name": tally.owner_name}
            return {**_result("owned_by_other"), **owner}
        if kind == "scan":
            return self._scanned(tally, message)
        if kind == "undo":
            return _undone(tally)
        if kind == "set":
            return _set(tally, message)
        if kind == "leave":
            tally.terminal, tally.owner_name = None, ""
            return _result("left")
        return _completed(tally, accepts_missing=message.get("accept_missing", False))

    def _new(self, kind: str, reference: str, **fields: Any) -> Tally:
        number = f"Y{len(self.tallies) + 1}"
        tally = self.tallies[number] = Tally(number, kind, reference, **fields)
        return tally

    def _is_at(self, tally: Tally, terminal: str) -> bool:
        return tally.state == "open" and tally.terminal == terminal

    def _opened(self, message: Json, terminal: str, who: str) -> Json:
        if message["type"] == "count":
            tally = self._count_of(message["location"])
            if tally.terminal not in {None, terminal}:
                reason = {"type": "error", "reason": "location_taken", "tally": tally.number}
                return {**reason, "owner": tally.terminal, "owner_name": tally.owner_name}
        elif "reference" in message:
            supplier = message.get("supplier", "")
            tally = self._new("reception", message["reference"], supplier=supplier)
        else:
            wanted = message.get("reception") or message.get("tally")
            if wanted not in self.tallies:
                return {"type": "error", "reason": "no_such_reception"}
            tally = self.tallies[wanted]
        is_elsewhere = tally.state == "open" and tally.terminal not in {None, terminal}
        if not is_elsewhere or message["type"] == "take_over":
            tally.state, tally.terminal, tally.owner_name = "open", terminal, who
        return self.shown(tally)

    def _count_of(self, location: str) -> Tally:
        for tally in self.tallies.values():
            if tally.kind == "count" and tally.state == "open" and tally.location == location:
                return tally
        tally = self._new("count", f"Inventar {location}", location=location)
        here = [good for good in self.goods if good.location == location and not good.is_bundle]
        tally.lines = [TallyLine(number, good) for number, good in enumerate(here, start=1)]
        return tally

    def _scanned(self, tally: Tally, message: Json) -> Json:
        code = message["code"]
        if code in self.not_goods:
            return {**_result("not_goods"), "found": code}
        fitting = [good for good in self.goods if code in good.codes]
        if len(fitting) != 1:
            return _result("ambiguous_code" if fitting else "unknown_code")
        [good] = fitting
        if good.is_bundle:
            return _result("bundle")
        line = tally.line_of(good)
        if line is None:
            line = TallyLine(len(tally.lines) + 1, good)
            if tally.kind == "count":
                line.flag = "astray"
            elif tally.is_announced:
                line.flag = "unexpected"
            tally.lines.append(line)
        if tally.kind == "reception" and line.tracking != "none":
            number = message.get(line.tracking, "")
            if not number:
                return _result(f"{line.tracking}_needed", line)
            told = (message.get("serial", ""), message.get("lot", ""))
            if line.tracking == "serial" and told in line.numbers:
                return _result("serial_used", line)
            line.numbers.append(told)
        quantity = Decimal(message.get("quantity", "1"))
        line.counted = (line.counted or Decimal(0)) + quantity
        tally.scanned.append((line, quantity))
        if line.expected is not None and tally.kind == "reception" and line.counted > line.expected:
            line.flag = "surplus"
        return _result("counted" if line.flag in {"", "moved"} else line.flag, line)


def _undone(tally: Tally) -> Json:
    if not tally.scanned:
        return _result("nothing_to_undo")
    line, quantity = tally.scanned.pop()
    line.counted = (line.counted or Decimal(0)) - quantity
    return _result("undone", line)


def _set(tally: Tally, message: Json) -> Json:
    line = next((each for each in tally.lines if each.line == message["line"]), None)
    if line is None:
        return {"type": "error", "reason": "no_such_line"}
    line.counted = Decimal(message["quantity"])
    if line.flag == "moved":
        line.flag = ""
    return _result("set", line)


def _completed(tally: Tally, *, accepts_missing: bool) -> Json:
    lacking = [
        {"line": line.line, "why": why}
        for line in tally.lines
        for why in [_why(tally, line)]
        if why and not (why == "missing" and accepts_missing)
    ]
    if lacking:
        return {**_result("incomplete"), "lines": lacking}
    if not any(line.counted for line in tally.lines) and tally.kind == "reception":
        return {"type": "error", "reason": "nothing_counted"}
    tally.state = "done"
    return _result("completed")


def _why(tally: Tally, line: TallyLine) -> str:
    if line.flag == "moved":
        return "moved"
    if tally.kind == "count":
        return "uncounted" if line.counted is None else ""
    is_missing = line.expected is not None and (line.counted or 0) < line.expected
    return "missing" if is_missing else ""


def _result(outcome: str, line: TallyLine | None = None) -> Json:
    answer: Json = {"type": "result", "outcome": outcome}
    if line is not None:
        expected = None if line.expected is None else str(line.expected)
        answer |= {"line": line.line, "counted": str(line.counted), "expected": expected}
    return answer


def a_storeroom() -> TallyBooks:
    """Goods on two shelves, a bundle, and a code that stands on two of them."""

    def good(code: str, name: str, location: str, *codes: str, is_bundle: bool = False) -> Good:
        return Good(code, name, location, frozenset({code, *codes}), is_bundle)

    goods = [
        good("CAN-330", "Cană emailată cu toartă, 330 ml", "A-2", "2000000001012"),
        good("FAR-24", "Farfurie întinsă albastră ⌀ 24 cm", "A-2", "2000000001029", "DUBLU"),
        good("CEA-12", "Ceainic din fontă", "A-2", "2000000001036"),
        good("LIN-6", "Linguriță de lemn, set de 6", "B-2-9", "2000000001043", "DUBLU"),
        good("SET-CEAI", "Set de ceai", "", "2000000001067", is_bundle=True),
    ]
    books = TallyBooks(goods, not_goods=frozenset({"560"}))
    books.announce("AVIZ 7", "Olăria Horezu", ("CAN-330", "3"), ("FAR-24", "2"), ("CEA-12", "1"))
    return books
