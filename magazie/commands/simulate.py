"""``magazie simulate``: one simulated partner alone."""

import argparse

from magazie.commands.argument_types import count, port, rate
from magazie.commands.failure import CommandError
from magazie.outside import SystemClock
from magazie.simulators.gomag import command as gomag

PARTNERS = ("gomag",)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command."""
    parser = commands.add_parser(
        "simulate",
        help="serve one simulated partner",
        description="Serve one simulated partner on 127.0.0.1 until SIGTERM or Ctrl-C. "
        "Prints 'ready http://127.0.0.1:PORT' once it does.",
    )
    parser.add_argument("partner", choices=PARTNERS)
    parser.add_argument("--port", type=port, required=True, help="0 chooses a free one")
    parser.add_argument("--products", type=count, default=500, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of all chance in it")
    parser.add_argument(
        "--orders-per-minute", type=rate, default=0.0, metavar="N", help="that come by themselves"
    )
    parser.add_argument("--webhook", metavar="URL", help="called when orders change")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes.

    Raises:
        CommandError: the port is not to be had.

    """
    try:
        gomag.run(
            port=arguments.port,
            now_ms=SystemClock().now_ms,
            products=arguments.products,
            seed=arguments.seed,
            orders_per_minute=arguments.orders_per_minute,
            webhook=arguments.webhook,
        )
    except OSError as error:
        raise CommandError(
            f"Cannot listen on port {arguments.port} of 127.0.0.1: {error}. "
            "Choose another port, or 0 for any free one."
        ) from error
    return 0
