"""The buckets find what a search through all mailboxes would find."""

import math

from hypothesis import given
from hypothesis import strategies as st

from magazie.actors.runtime.idle import EXAMINED_AT_MOST, IdleBuckets
from magazie.actors.runtime.mailbox import CLOSED, Mailbox

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.just(0)),
        st.tuples(st.just("touch"), st.integers(0, 30)),
        st.tuples(st.just("pin"), st.integers(0, 30)),
        st.tuples(st.just("close"), st.integers(0, 30)),
        st.tuples(st.just("longest"), st.just(0)),
        st.tuples(st.just("idle"), st.integers(1, 40)),
    ),
    max_size=80,
)


@given(
    steps=STEPS,
    span=st.sampled_from([0.1, 0.3, 1.0, 7.0]),
    pace=st.sampled_from([0.0, 0.1, 0.7, 3.0]),
)
def test_the_buckets_agree_with_a_search(
    steps: list[tuple[str, int]], span: float, pace: float
) -> None:
    pinned: set[Mailbox] = set()
    buckets = IdleBuckets(span, lambda mailbox: mailbox not in pinned)
    held: list[Mailbox] = []
    now = 0.0

    def check_out(mailbox: Mailbox) -> None:
        held.remove(mailbox)

    for what, value in steps:
        now += pace
        if what == "add":
            mailbox = Mailbox()
            mailbox.touched = now
            held.append(mailbox)
            buckets.add(mailbox)
        elif what == "longest":
            free = [mailbox for mailbox in held if mailbox not in pinned]
            found = buckets.take_longest_idle(now)
            if found is None:
                assert not free or len(held) >= EXAMINED_AT_MOST
            else:
                assert found.touched == min(mailbox.touched for mailbox in free)
                check_out(found)
        elif what == "idle":
            before = now - value * pace
            taken = buckets.take_idle(before, now, at_most=1000)
            for mailbox in taken:
                assert mailbox.touched <= before
                assert mailbox not in pinned
                check_out(mailbox)
            # Only the bucket that the limit falls into may be left for a later call.
            oldest = math.floor(before / span) * span - span
            assert all(mailbox.touched >= oldest for mailbox in held if mailbox not in pinned)
        elif held:
            mailbox = held[value % len(held)]
            if what == "touch":
                mailbox.touched = now
            elif what == "pin":
                pinned.symmetric_difference_update({mailbox})
            else:
                mailbox.door = CLOSED
                check_out(mailbox)


def test_no_more_are_taken_than_asked_for_and_the_rest_next_time() -> None:
    buckets = IdleBuckets(1.0, lambda _: True)
    for number in range(10):
        mailbox = Mailbox()
        mailbox.touched = number / 4
        buckets.add(mailbox)
    taken = [len(buckets.take_idle(100.0, 200.0, at_most=4)) for _ in range(4)]
    assert taken == [4, 4, 2, 0]
