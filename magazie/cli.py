"""The ``magazie`` command: reads what was typed, runs it, says what went wrong."""

import argparse
import errno
import os
import sqlite3
import sys
from collections.abc import Sequence

from magazie.actors.runtime import Rejection
from magazie.commands import backup, check, demo, serve, shop, simulate, tokens, users
from magazie.commands.failure import FAILED, WRONG_INPUT, CommandError
from magazie.commands.logs import set_up_logs
from magazie.commands.output import open_closed_streams
from magazie.http.sessions import SessionKeyError
from magazie.settings import SettingsError
from magazie.storage.errors import DataFolderInUseError, StorageError
from magazie.storage.secret_file import SecretFileError

_OWNER_ONLY = 0o077
"""The books hold customers' addresses: what is written is its owner's alone."""

_INTERRUPTED = 130
_PIPE_CLOSED = 141
_SQLITE_FULL = "SQLITE_FULL"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    0 is success, 1 failure, 2 a wrong argument or setting. Every failure says on standard
    error what is wrong and what to do about it.
    """
    open_closed_streams()
    arguments = _parser().parse_args(argv)
    os.umask(_OWNER_ONLY)
    # standard output is for results alone
    set_up_logs("warning")
    try:
        exit_code: int = arguments.run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        return _PIPE_CLOSED
    except SettingsError as error:
        return _failed(f"Wrong setting: {error}", WRONG_INPUT)
    except CommandError as error:
        return _failed(f"{error}{_advice(error)}", error.exit_code)
    except DataFolderInUseError as error:
        return _failed(f"{error} Stop that process first, or use another data folder.", FAILED)
    except (StorageError, SecretFileError, SessionKeyError, Rejection) as error:
        return _failed(f"{error}{_advice(error)}", FAILED)
    except OSError as error:
        return _failed(f"{_words_of(error)}{_advice(error)}", FAILED)
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="magazie", description="The storeroom behind a Gomag web shop."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve.add_parser(commands)
    demo.add_parser(commands)
    simulate.add_parser(commands)
    users.add_parser(commands)
    tokens.add_parser(commands)
    shop.add_parser(commands)
    check.add_parser(commands)
    backup.add_parsers(commands)
    return parser


def _failed(text: str, exit_code: int) -> int:
    sys.stderr.write(f"magazie: {text}\n")
    return exit_code


def _words_of(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}."


def _advice(error: BaseException) -> str:
    """What to do where the machine is at fault rather than what was asked."""
    cause: BaseException | None = error
    while cause is not None:
        if _code_of(cause) in {errno.ENOSPC, errno.EDQUOT, _SQLITE_FULL}:
            return " Free space on that disk, then try again."
        if _code_of(cause) in {errno.EACCES, errno.EPERM}:
            return " Run it as the user who owns the data folder."
        cause = cause.__cause__
    return ""


def _code_of(error: BaseException) -> int | str | None:
    if isinstance(error, sqlite3.Error):
        is_full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        return _SQLITE_FULL if is_full else None
    return error.errno if isinstance(error, OSError) else None
