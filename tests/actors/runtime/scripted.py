"""An actor that does what the function it is sent does."""

from typing import Any

from magazie.actors.runtime import AsyncioActor


class Scripted(AsyncioActor):
    """Does what the function it is sent does."""

    def __init__(self, key: Any = None) -> None:
        super().__init__()
        self.key = key
        self.seen: list[Any] = []

    async def on_receive(self, message: Any) -> Any:
        if callable(message):
            return await message(self)
        self.seen.append(message)
        return message


async def see(actor: Scripted) -> list[Any]:
    return list(actor.seen)


class Narrow(Scripted):
    mailbox_limit = 3


async def awaits_nothing_and_fails(_: Scripted) -> None:
    raise ZeroDivisionError
