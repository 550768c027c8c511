from random import Random

from magazie.simulators.gomag.answers import Reply, html_reply, json_reply
from magazie.simulators.gomag.exchange import Pairs
from magazie.simulators.gomag.leaky_bucket import BucketSize, LeakyBucket
from magazie.simulators.gomag.switches import Switches

_PREFIXES = {
    "documented": "Api-RateLimit",
    "recorded": "Api-Ratelimit",
    "lower": "api-ratelimit",
}


class Budgets:
    """The two buckets of a shop, and how they are told in headers and refusals."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.read = LeakyBucket()
        self.write = LeakyBucket()

    def take(self, now_ms: int, switches: Switches, *, is_write: bool) -> bool:
        """Spend one call; False when the bucket is full."""
        bucket, size = self._bucket(switches, is_write=is_write)
        fits = bucket.take(now_ms, size)
        if not fits and switches.refused_calls_count:
            bucket.spend(now_ms, size, 1)
        return fits

    def spend(self, now_ms: int, calls: int, switches: Switches, *, is_write: bool) -> None:
        """Spend what another program spent."""
        bucket, size = self._bucket(switches, is_write=is_write)
        bucket.spend(now_ms, size, calls)

    def headers(self, now_ms: int, switches: Switches, *, is_write: bool) -> Pairs:
        """Return the headers that tell a bucket after a call (A2)."""
        bucket, size = self._bucket(switches, is_write=is_write)
        style = switches.header_style
        if style == "mixed":
            style = self._random.choice(("documented", "recorded", "lower"))
        prefix = _PREFIXES[style]
        kind = "Write" if is_write else "Read"
        name = f"{prefix}-{kind}" if style != "lower" else f"{prefix}-{kind.lower()}"
        burst, remaining = ("burst", "remaining") if style == "lower" else ("Burst", "Remaining")
        told: Pairs = (
            (name, str(size.rate)),
            (f"{name}-{burst}", str(size.burst)),
            (f"{name}-{remaining}", str(bucket.remaining(now_ms, size))),
        )
        return ((prefix, "3"), *told) if style == "recorded" else told

    def refusal(self, switches: Switches) -> Reply:
        """Return the answer to a throttled call (A1); it tells no bucket."""
        status = switches.throttle_status
        wait = switches.throttle_retry_after_s
        headers: Pairs = (("Retry-After", str(wait)),) if wait else ()
        if switches.throttle_body == "html":
            return html_reply(status, "Too many requests", headers)
        if switches.throttle_body == "empty":
            return Reply(status, "text/html", b"", headers)
        body = {"error": str(status), "message": ["RATE_LIMIT"]}
        encoded = json_reply(body, switches)
        return Reply(status, encoded.content_type, encoded.body, headers)

    def _bucket(self, switches: Switches, *, is_write: bool) -> tuple[LeakyBucket, BucketSize]:
        if is_write:
            return self.write, BucketSize(switches.write_burst, switches.write_rate)
        return self.read, BucketSize(switches.read_burst, switches.read_rate)
