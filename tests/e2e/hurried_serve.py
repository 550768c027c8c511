"""``magazie serve`` with its long waits made short: hours of a shop are seen in a minute.

Nothing but lengths of time differs from the program itself.
"""

import sys
from types import ModuleType

from magazie import cli, service
from magazie.actors import gomag_outbox, outbox_read_back
from magazie.gomag import budget
from magazie.gomag.shop import GomagShop
from magazie.model import backoff
from magazie.sync import order_reader, publishing, read_back, shop_sync, status_sender, sweep

SHORTER: tuple[tuple[ModuleType, str, float], ...] = (
    (gomag_outbox, "SUSPECT_AFTER_MS", 4_000),
    (outbox_read_back, "AGAIN_AFTER_MS", 2_000),
    (read_back, "LOOK_EVERY_S", 1.0),
    (read_back, "EVERYTHING_EVERY_S", 4.0),
    (order_reader, "HINT_REST_S", 0.5),
    (order_reader, "COMPLETE_EVERY_S", 2.0),
    (order_reader, "RETRY_FIRST_S", 0.2),
    (order_reader, "RETRY_MOST_S", 1.0),
    (status_sender, "LOOK_EVERY_S", 1.0),
    (status_sender, "AFTER_FAILURE_S", 0.5),
    (shop_sync, "RESTART_AFTER_S", 0.5),
    (publishing, "LOOK_AFTER_S", 0.5),
    (sweep, "EVERY_S", 1.0),
    (sweep, "PASSIVATE_EVERY_S", 2.0),
    (budget, "_FIRST_PAUSE_S", 0.1),
    (budget, "_LONGEST_PAUSE_S", 0.5),
    (backoff, "_PARK_BASE_MS", 500),
    (backoff, "_PARK_CAP_MS", 2_000),
)
ANSWERED_WITHIN_S = 2.0


class ImpatientShop(GomagShop):
    """Waits less long for an answer."""

    def __init__(self, **arguments: object) -> None:
        super().__init__(
            **arguments,  # type: ignore[arg-type]  # as the service passes them
            read_timeout_s=ANSWERED_WITHIN_S,
            write_timeout_s=ANSWERED_WITHIN_S,
        )


def main() -> int:
    for module, name, length in SHORTER:
        if not hasattr(module, name):
            raise AttributeError(f"{module.__name__} has no {name} to be made shorter")
        setattr(module, name, length)
    service.GomagShop = ImpatientShop  # type: ignore[misc]  # put in the place of the patient one
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
