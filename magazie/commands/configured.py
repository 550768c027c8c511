"""The settings file that a command works with, and the data folder that it names."""

import argparse
from pathlib import Path

from magazie.commands.failure import CommandError
from magazie.service import DATABASE
from magazie.settings import DEFAULT_FILE, Settings, read_settings


def add_config_option(parser: argparse.ArgumentParser) -> None:
    """Let the command be told which settings file to read."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"settings file (default: {DEFAULT_FILE}, which need not exist)",
    )


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Read the settings file that was named, or the default one.

    Raises:
        SettingsError: it cannot be read, or something in it cannot be used.

    """
    file: Path | None = arguments.config
    return read_settings(file)


def data_folder(settings: Settings) -> Path:
    """The data folder; it need not exist."""
    return Path(settings.service.data_dir)


def existing_database(settings: Settings) -> Path:
    """The database of the data folder.

    Raises:
        CommandError: there is none yet.

    """
    database = data_folder(settings) / DATABASE
    if not database.is_file():
        raise CommandError(
            f"There is no database at {database}. Name the settings file whose service.data_dir "
            "holds it (--config FILE), or start the service once, which makes it."
        )
    return database
