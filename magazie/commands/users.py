"""``magazie user``: the people who may log in."""

import argparse
import asyncio
import getpass
import sys

import msgspec

from magazie.actors.settings_book import Role
from magazie.actors.settings_messages import AddUser
from magazie.commands.configured import add_config_option, settings_of
from magazie.commands.failure import WRONG_INPUT, CommandError
from magazie.commands.local_service import LocalService
from magazie.commands.output import say
from magazie.commands.settings_change import ROLES, Ask, change_settings


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command."""
    parser = commands.add_parser("user", help="the people who may log in")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser(
        "add",
        help="add a person",
        description="Add a person. Works while the service runs and while it does not.",
    )
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from the first line of standard input instead of asking for it",
    )
    add_config_option(add)
    add.set_defaults(run=run_add)


def run_add(arguments: argparse.Namespace) -> int:
    """Add a person.

    Raises:
        SettingsError: a setting cannot be used.
        CommandError: the password is not given, or the service refused.
        Rejection: the name is taken, or name or password cannot be used.
        StorageError: the database cannot be used.

    """
    settings = settings_of(arguments)
    password = _read_password(from_stdin=arguments.password_stdin)
    user = AddUser(arguments.name, Role(arguments.role), password)

    async def through_service(service: LocalService) -> None:
        body = {"name": user.name, "role": user.role, "password": user.password}
        await service.ask("POST", "/api/v1/users", msgspec.Raw, body)

    async def in_books(ask: Ask) -> None:
        await ask(user)

    asyncio.run(change_settings(settings, through_service, in_books))
    say(f"added {user.name}, {user.role}")
    return 0


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError(
            "There is no terminal to ask for the password: pass --password-stdin and write it "
            "to standard input.",
            WRONG_INPUT,
        )
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise CommandError("The two passwords differ; nothing was changed.", WRONG_INPUT)
    return password
