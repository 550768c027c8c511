"""100,000 items beside 100,000 products: judged soon, and in slices that hold nobody up."""

import time

from magazie.model.codes import check_digit, keys_of
from magazie.model.matching import MatchAction, Matching, ShopItem

COUNT = 100_000
SLICE = 500
WHOLE_WITHIN_S = 10.0
SLICE_WITHIN_S = 0.5
"""Of work, not of the clock on the wall; and ten times what a slice may take."""


def ean(number: int) -> str:
    payload = f"594{number:09d}"
    return payload + check_digit(payload)


def test_a_hundred_thousand_of_each() -> None:
    named: dict[str, tuple[int, ...]] = {}
    for number in range(COUNT):
        for text in (f"COD-{number:06d}", ean(number)):
            named[keys_of(text)[-1]] = (number,)
    # half of the items are ours, half are not known here
    items = [
        ShopItem(str(number), f"cod-{at:06d} ", ean(at), family=f"F-{at // 4}")
        for number in range(COUNT)
        for at in [number * 2]
    ]
    matching = Matching(lambda key: named.get(key, ()))
    began = time.thread_time()
    slowest = 0.0
    for start in range(0, COUNT, SLICE):
        slice_began = time.thread_time()
        for item in items[start : start + SLICE]:
            matching.put(item)
        slowest = max(slowest, time.thread_time() - slice_began)
    found = {MatchAction.LINK: 0, MatchAction.CREATE: 0}
    for start in range(0, COUNT, SLICE):
        slice_began = time.thread_time()
        for item in items[start : start + SLICE]:
            found[matching.verdict(item.external_id).action] += 1
        slowest = max(slowest, time.thread_time() - slice_began)
    took = time.thread_time() - began
    assert found == {MatchAction.LINK: COUNT // 2, MatchAction.CREATE: COUNT // 2}
    assert took < WHOLE_WITHIN_S, f"{took:.1f} s"
    assert slowest < SLICE_WITHIN_S, f"{slowest * 1000:.0f} ms"
    print(f"{took:.2f} s, slowest slice {slowest * 1000:.0f} ms")  # noqa: T201 - the figure itself
