"""What can go wrong between an asker and an actor."""

import pykka


class Rejection(Exception):
    """A domain refusal: raised in a handler it answers the asker and changes nothing else.

    The actor lives on and nothing it holds is dropped. Derive one class for each reason.
    """


class MailboxFullError(Exception):
    """The actor has as many waiting messages as it takes; try again later."""


class DeadlineExceededError(pykka.Timeout):
    """The deadline passed before the message was begun: it was not run and never will be.

    A message that was begun when its asker's deadline passed answers plain `pykka.Timeout`
    instead: it runs to its end and its outcome is unknown to the asker.
    """


class AskCycleError(Exception):
    """The asked actor is itself waiting, directly or not, for the one that asks."""


class TurnCancelledError(Exception):
    """Something the handler awaited was cancelled, so its message came to no end."""


class UnregisteredActorError(LookupError):
    """The directory was asked for a class that nobody registered."""


class ActorQuarantinedError(Exception):
    """The actor failed too often lately and is left alone for a while.

    Attributes:
        retry_after: seconds until it is tried again.
    """

    def __init__(self, name: str, retry_after: float) -> None:
        super().__init__(f"{name} failed repeatedly; it is tried again in {retry_after:.1f} s")
        self.retry_after = retry_after


NOT_NOW = (pykka.Timeout, MailboxFullError, ActorQuarantinedError)
"""What an ask ends with when the actor cannot answer now: not a refusal, and worth repeating.

After a plain ``pykka.Timeout`` it is unknown whether the command ran, so only commands that may
be repeated are repeated.
"""
