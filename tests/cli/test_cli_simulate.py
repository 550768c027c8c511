from pathlib import Path

from tests.cli.conftest import Start
from tests.cli.processes import ask, run


def test_it_serves_a_shop_until_it_is_ended(tmp_path: Path, start: Start) -> None:
    shop = start("simulate", "gomag", "--port", "0", "--products", "7", "--seed", "3").ready()

    status, state = ask(f"{shop.url}/control/state")
    assert status == 200
    assert shop.printed.decode() == f"ready {shop.url}\n"
    assert state["products"] == 7
    assert shop.end() == 0


def test_a_port_in_use_is_explained(tmp_path: Path, start: Start) -> None:
    shop = start("simulate", "gomag", "--port", "0", "--products", "1").ready()
    port = shop.url.rpartition(":")[2]

    ended = run(tmp_path, "simulate", "gomag", "--port", port)

    assert ended.returncode == 1
    assert f"Cannot listen on port {port}" in ended.stderr


def test_partners_that_are_not_there_are_not_offered(tmp_path: Path) -> None:
    ended = run(tmp_path, "simulate", "fan", "--port", "0")

    assert ended.returncode == 2
    assert "choose from" in ended.stderr


def test_numbers_out_of_range_are_refused(tmp_path: Path) -> None:
    for option, value in (
        ("--products", "0"),
        ("--orders-per-minute", "-1"),
        ("--port", "x"),
        ("--port", "70000"),
    ):
        ended = run(tmp_path, "simulate", "gomag", "--port", "0", option, value)
        assert ended.returncode == 2
        assert option in ended.stderr
