"""What the edge counts of requests: by route and status, never by address or caller."""

import msgspec

from magazie.actors.runtime import Histogram


class _Outcome(msgspec.Struct):
    outcome: str = "refused"


_read_outcome = msgspec.json.Decoder(_Outcome).decode


class RouteTraffic:
    """The requests of one route.

    Attributes:
        method: HTTP method.
        path: the route, with the names of its variable parts.
        by_status: how many were answered with each status.
        seconds: how long they took.

    """

    __slots__ = ("by_status", "method", "path", "seconds")

    def __init__(self, method: str, path: str) -> None:
        self.method = method
        self.path = path
        self.by_status: dict[int, int] = {}
        self.seconds = Histogram()

    def count(self, status: int, duration_ns: int) -> None:
        """Count one answered request."""
        self.by_status[status] = self.by_status.get(status, 0) + 1
        self.seconds.record(duration_ns)


class ScanningTraffic:
    """What terminals do.

    Attributes:
        terminals: connected now.
        bad_messages: what came and was no message.
        outcomes: how many operations ended in each outcome, in a session or outside of any.
        seconds: how long operations took, from the message to its answer.

    """

    __slots__ = ("bad_messages", "outcomes", "seconds", "terminals")

    def __init__(self) -> None:
        self.terminals = 0
        self.bad_messages = 0
        self.outcomes: dict[str, int] = {}
        self.seconds = Histogram()

    def answered(self, duration_ns: int) -> None:
        """Count one answered operation."""
        self.seconds.record(duration_ns)

    def counted(self, answer: bytes) -> None:
        """Count the outcome of an answer as it is sent."""
        outcome = _read_outcome(answer).outcome
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


class Traffic:
    """The requests of all routes.

    Attributes:
        in_flight: requests under way now.
        shed: requests refused because too many were under way.
        webhooks_refused: hints that came without the right secret.
        sockets: open connections that hear the news.
        sockets_dropped: those closed because they did not keep up.
        scanning: what terminals do.

    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.routes: list[RouteTraffic] = []
        self.in_flight = 0
        self.shed = 0
        self.webhooks_refused = 0
        self.sockets = 0
        self.sockets_dropped = 0
        self.scanning = ScanningTraffic()

    @property
    def answered_ns(self) -> int:
        """How long all that was answered took: grows with every answer to anybody."""
        requests_ns = sum(route.seconds.total_ns for route in self.routes)
        return requests_ns + self.scanning.seconds.total_ns

    def route(self, method: str, path: str) -> RouteTraffic:
        """The counters of a new route."""
        made = RouteTraffic(method, path)
        self.routes.append(made)
        return made
