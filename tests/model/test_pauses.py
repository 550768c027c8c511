"""Reading that pauses reads the same."""

import io
import time
import zipfile

from magazie.files.pauses import PausingFile, with_pauses


def test_the_same_items_come() -> None:
    assert list(with_pauses(iter(range(1000)))) == list(range(1000))


def test_others_get_their_turn_between_items() -> None:
    slept = time.thread_time() - time.perf_counter()
    for _ in with_pauses(iter(range(3))):
        busy_until = time.perf_counter() + 0.006
        while time.perf_counter() < busy_until:
            pass
    assert time.thread_time() - time.perf_counter() < slept - 0.001


def test_an_archive_is_read_through_it() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"x" * 100_000)
    with zipfile.ZipFile(PausingFile(kept)) as archive:  # type: ignore[call-overload]  # all it asks
        assert archive.read("a") == b"x" * 100_000
