"""``magazie token``: what clients of the API show."""

import argparse
import asyncio

import msgspec

from magazie.actors.settings_book import Role
from magazie.actors.settings_messages import AddToken, NewToken
from magazie.commands.configured import add_config_option, settings_of
from magazie.commands.local_service import LocalService
from magazie.commands.output import say
from magazie.commands.settings_change import ROLES, Ask, change_settings


class _Made(msgspec.Struct):
    token: str


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command."""
    parser = commands.add_parser("token", help="what clients of the API show")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser(
        "add",
        help="make a token",
        description="Make a token and print it, this once, as the last word. "
        "Works while the service runs and while it does not.",
    )
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", required=True, choices=ROLES)
    add_config_option(add)
    add.set_defaults(run=run_add)


def run_add(arguments: argparse.Namespace) -> int:
    """Make a token and print it.

    Raises:
        SettingsError: a setting cannot be used.
        CommandError: the service refused.
        Rejection: the name is taken or cannot be used.
        StorageError: the database cannot be used.

    """
    settings = settings_of(arguments)
    wanted = AddToken(arguments.name, Role(arguments.role))

    async def through_service(service: LocalService) -> str:
        body = {"name": wanted.name, "role": wanted.role}
        return (await service.ask("POST", "/api/v1/tokens", _Made, body)).token

    async def in_books(ask: Ask) -> str:
        made = await ask(wanted)
        if not isinstance(made, NewToken):
            raise TypeError("AddToken is answered by a NewToken")
        return made.token

    token = asyncio.run(change_settings(settings, through_service, in_books))
    say(f"token of {wanted.name}, {wanted.role}: {token}")
    return 0
