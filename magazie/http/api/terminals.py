"""Terminals and how pickers sign in at them, for the office."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from magazie.actors.settings_book import Role
from magazie.actors.terminal_desk import (
    DESK_KEY,
    Badge,
    GiveBadge,
    ListTerminals,
    OfferPairing,
    PairingOffered,
    RemoveTerminal,
    SetPin,
    TakeBadge,
    Terminal,
    TerminalDesk,
)
from magazie.files.qr_codes import qr_svg
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import MomentText, moment_text
from magazie.http.origins import reached_at
from magazie.http.problems import ProblemKind

_TAG = "picking"
_CREATED, _NO_CONTENT = 201, 204


class TerminalIn(msgspec.Struct, forbid_unknown_fields=True):
    """What the terminal is to be called."""

    name: Annotated[str, Meta(pattern=r"^[\w.:-]([\w .:-]{0,62}[\w.:-])?$")]


class PairingAdvice(msgspec.Struct, frozen=True):
    """What to do so that other devices can open the address."""

    ro: str
    en: str


class PairingShown(msgspec.Struct, frozen=True):
    """A pairing code, shown this once; ``qr`` is an SVG of ``url``, which the terminal opens.

    ``advice`` is there where no other device can be expected to open it.
    """

    name: str
    code: str
    url: str
    qr: str
    advice: PairingAdvice | None
    expires_at: MomentText


_ADVICE: Final = PairingAdvice(
    "Adresa o deschide numai acest calculator. Puneți public_url în fișierul de setări (adresa"
    " serviciului în rețea), reporniți, și cereți alt cod; sau cereți-l de la adresa din rețea.",
    "Only this computer opens the address. Set public_url in the settings file (the service's"
    " address in the network), restart, and ask for another code; or ask for it at that address.",
)


class TerminalShown(msgspec.Struct, frozen=True):
    """A terminal; ``paired_at`` is null until its code was used."""

    name: str
    created_by: str
    created_at: MomentText
    paired_at: MomentText | None
    pairing_expires_at: MomentText | None


class PickerShown(msgspec.Struct, frozen=True):
    """How a person can sign in at a terminal."""

    name: str
    badge: bool
    pin: bool


class TerminalsShown(msgspec.Struct, frozen=True):
    """By name."""

    terminals: list[TerminalShown]
    pickers: list[PickerShown]


class BadgeShown(msgspec.Struct, frozen=True):
    """A badge's code, shown this once, to be printed; ``qr`` is an SVG of it."""

    name: str
    code: str
    qr: str


class PinIn(msgspec.Struct, forbid_unknown_fields=True):
    """4 to 8 digits; null takes the PIN away."""

    pin: Annotated[str, Meta(max_length=8)] | None

    def __repr__(self) -> str:
        return "PinIn(…)"


@endpoint(
    "GET",
    "/api/v1/picking/terminals",
    role=Role.OFFICE,
    tag=_TAG,
    summary="List terminals, and who can sign in there",
    answers={200: TerminalsShown},
)
async def list_terminals(call: Call[NoBody, NoQuery]) -> Outcome:
    """By name."""
    terminals, badges = await call.parts.directory.ask(TerminalDesk, DESK_KEY, ListTerminals())
    users = call.parts.book.view.users
    known = [it for it in badges if _is_same(users.get(it.user), it)]
    return Answer(
        TerminalsShown(
            [_terminal(it) for it in terminals],
            [PickerShown(it.user, it.has_badge, it.pin_hash is not None) for it in known],
        )
    )


@endpoint(
    "POST",
    "/api/v1/picking/terminals",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Offer a terminal to be paired",
    answers={201: PairingShown},
)
async def offer_pairing(call: Call[TerminalIn, NoQuery]) -> Outcome:
    """The code is good once, for ten minutes; one of this name stays paired until it is used.

    The address is that of ``public_url``, else the one under which this is asked for.
    """
    offered: PairingOffered = await call.parts.directory.ask(
        TerminalDesk, DESK_KEY, OfferPairing(call.body.name, call.who.name)
    )
    reached = reached_at(call.request, call.parts.public_url)
    # behind the #, which browsers send to nobody
    url = f"{reached.origin}/terminal#pair={offered.code}"
    shown = PairingShown(
        offered.name,
        offered.code,
        url,
        qr_svg(url),
        None if reached.is_shared else _ADVICE,
        moment_text(offered.until_ms),
    )
    return Answer(shown, _CREATED)


@endpoint(
    "DELETE",
    "/api/v1/picking/terminals/{name}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Forget a terminal",
    answers={204: None},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def remove_terminal(call: Call[NoBody, NoQuery]) -> Outcome:
    """Nobody signs in at it any more; who is signed in stays so until they log out."""
    message = RemoveTerminal(call.path("name"))
    await call.parts.directory.ask(TerminalDesk, DESK_KEY, message)
    return Answer(None, _NO_CONTENT)


@endpoint(
    "POST",
    "/api/v1/picking/pickers/{name}/badge",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Give a picker a badge",
    answers={201: BadgeShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def give_badge(call: Call[NoBody, NoQuery]) -> Outcome:
    """An earlier badge is good no more."""
    name = call.path("name")
    code: str = await call.parts.directory.ask(TerminalDesk, DESK_KEY, GiveBadge(name))
    return Answer(BadgeShown(name, code, qr_svg(code)), _CREATED)


@endpoint(
    "DELETE",
    "/api/v1/picking/pickers/{name}/badge",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Take a picker's badge away",
    answers={204: None},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def take_badge(call: Call[NoBody, NoQuery]) -> Outcome:
    """A badge that was lost lets nobody in."""
    await call.parts.directory.ask(TerminalDesk, DESK_KEY, TakeBadge(call.path("name")))
    return Answer(None, _NO_CONTENT)


@endpoint(
    "PUT",
    "/api/v1/picking/pickers/{name}/pin",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Set a picker's PIN",
    answers={204: None},
    problems=(ProblemKind.NOT_FOUND,),
)
async def set_pin(call: Call[PinIn, NoQuery]) -> Outcome:
    """Good at paired terminals only."""
    message = SetPin(call.path("name"), call.body.pin)
    await call.parts.directory.ask(TerminalDesk, DESK_KEY, message)
    return Answer(None, _NO_CONTENT)


def _terminal(terminal: Terminal) -> TerminalShown:
    paired_ms, until_ms = terminal.paired_ms, terminal.pairing_until_ms
    return TerminalShown(
        name=terminal.name,
        created_by=terminal.created_by,
        created_at=moment_text(terminal.created_ms),
        paired_at=moment_text(paired_ms) if paired_ms is not None else None,
        pairing_expires_at=moment_text(until_ms) if until_ms is not None else None,
    )


def _is_same(user: object, badge: Badge) -> bool:
    return getattr(user, "created_ms", None) == badge.user_created_ms


ENDPOINTS = (
    list_terminals,
    offer_pairing,
    remove_terminal,
    give_badge,
    take_badge,
    set_pin,
)
