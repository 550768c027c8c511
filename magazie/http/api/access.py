"""Who may come in: people with passwords, clients with tokens."""

from typing import Annotated

import msgspec
from msgspec import Meta

from magazie.actors.settings_actor import (
    LONGEST_PASSWORD,
    SETTINGS_KEY,
    SHORTEST_PASSWORD,
    SettingsActor,
)
from magazie.actors.settings_book import Role, User
from magazie.actors.settings_messages import (
    AddToken,
    AddUser,
    NewToken,
    RemoveUser,
    RevokeToken,
    UpdateUser,
)
from magazie.http.api.texts import Short
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import MomentText, moment_text
from magazie.http.paging import Listed, ShortPaging, sliced
from magazie.http.problems import ProblemKind

_TAG = "access"
_CREATED, _DELETED = 201, 204

Password = Annotated[str, Meta(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]


class UserIn(msgspec.Struct, forbid_unknown_fields=True):
    """A person to be let in."""

    name: Short
    role: Role
    password: Password


class UserChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What to change of a person; either ends all their sessions."""

    role: Role | None = None
    password: Password | None = None


class UserShown(msgspec.Struct, frozen=True):
    """A person."""

    name: str
    role: Role
    created_at: MomentText


class TokenIn(msgspec.Struct, forbid_unknown_fields=True):
    """A client to be let in."""

    name: Short
    role: Role


class TokenShown(msgspec.Struct, frozen=True):
    """A client's token; the token itself is shown only when it is made."""

    name: str
    role: Role
    created_at: MomentText


class TokenMade(msgspec.Struct, frozen=True):
    """A token just made. This is the only time that it is shown."""

    name: str
    role: Role
    token: str


@endpoint(
    "GET",
    "/api/v1/users",
    role=Role.ADMIN,
    tag=_TAG,
    summary="List people",
    answers={200: Listed[UserShown]},
)
async def list_users(call: Call[NoBody, ShortPaging]) -> Outcome:
    """By name."""
    users = call.parts.book.view.users
    return Answer(sliced(call, [_user(users[name]) for name in sorted(users)]))


@endpoint(
    "POST",
    "/api/v1/users",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Add a person",
    answers={201: UserShown},
    problems=(ProblemKind.EXISTS,),
    takes_key=True,
)
async def add_user(call: Call[UserIn, NoQuery]) -> Outcome:
    """They log in at /login."""
    message = AddUser(call.body.name, call.body.role, call.body.password)
    user: User = await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)
    return Answer(_user(user), _CREATED)


@endpoint(
    "PATCH",
    "/api/v1/users/{name}",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Change a person's role or password",
    answers={200: UserShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def edit_user(call: Call[UserChanges, NoQuery]) -> Outcome:
    """Ends all their sessions; with neither field it does only that."""
    message = UpdateUser(call.path("name"), call.body.role, call.body.password)
    user: User = await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)
    return Answer(_user(user))


@endpoint(
    "DELETE",
    "/api/v1/users/{name}",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Remove a person",
    answers={204: None},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def remove_user(call: Call[NoBody, NoQuery]) -> Outcome:
    """Ends their sessions."""
    message = RemoveUser(call.path("name"))
    await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)
    return Answer(None, _DELETED)


@endpoint(
    "GET",
    "/api/v1/tokens",
    role=Role.ADMIN,
    tag=_TAG,
    summary="List tokens",
    answers={200: Listed[TokenShown]},
)
async def list_tokens(call: Call[NoBody, ShortPaging]) -> Outcome:
    """By name; the tokens themselves are not kept."""
    tokens = sorted(call.parts.book.view.tokens.values(), key=lambda token: token.name)
    shown = [TokenShown(it.name, it.role, moment_text(it.created_ms)) for it in tokens]
    return Answer(sliced(call, shown))


@endpoint(
    "POST",
    "/api/v1/tokens",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Give a client a token",
    answers={201: TokenMade},
    problems=(ProblemKind.EXISTS,),
)
async def add_token(call: Call[TokenIn, NoQuery]) -> Outcome:
    """The token is shown this once, so no ``Idempotency-Key`` is taken: it would be kept."""
    message = AddToken(call.body.name, call.body.role)
    made: NewToken = await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)
    return Answer(TokenMade(made.name, made.role, made.token), _CREATED)


@endpoint(
    "DELETE",
    "/api/v1/tokens/{name}",
    role=Role.ADMIN,
    tag=_TAG,
    summary="Take a token back",
    answers={204: None},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def revoke_token(call: Call[NoBody, NoQuery]) -> Outcome:
    """Whoever presents it is refused from now on."""
    message = RevokeToken(call.path("name"))
    await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, message)
    return Answer(None, _DELETED)


def _user(user: User) -> UserShown:
    return UserShown(user.name, user.role, moment_text(user.created_ms))


ENDPOINTS = (
    list_users,
    add_user,
    edit_user,
    remove_user,
    list_tokens,
    add_token,
    revoke_token,
)
