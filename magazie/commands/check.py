"""``magazie check``: proves the books."""

import argparse

from magazie.commands.configured import add_config_option, existing_database, settings_of
from magazie.commands.failure import FAILED
from magazie.commands.output import note, progress_bar, say
from magazie.storage.books import check_books


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command."""
    parser = commands.add_parser(
        "check",
        help="prove the books, also while they are served",
        description="Prove that the books agree with themselves. Reads only, also beside a "
        "running service. One line for each fault, and exit code 1 where there is one; what is "
        "still owed stands apart, in lines that begin with 'owed:', and is no fault.",
    )
    parser.add_argument(
        "--settled", action="store_true", help="count as a fault whatever is still owed"
    )
    add_config_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the books.

    Raises:
        SettingsError: a setting cannot be used.
        CommandError: there is no database.
        StorageError: the database is of another version, or cannot be read.

    """
    database = existing_database(settings_of(arguments))
    with progress_bar() as bar:
        task = bar.add_task("proving the books", total=None)
        report = check_books(
            database,
            settled=arguments.settled,
            progress=lambda done, total, name: bar.update(
                task, completed=done, total=total, description=name
            ),
        )
    for fault in report.faults:
        say(str(fault))
    for step in report.owed:
        say(f"owed: {step}")
    if report.faults:
        note(f"The books are wrong in {len(report.faults)} places.")
        return FAILED
    note(f"The books are right; {len(report.owed)} steps are still to come.")
    return 0
