import json
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Start
from tests.cli.processes import Running, ask, run

OPTIONS = ("demo", "--port", "0", "--products", "40", "--orders-per-minute", "60")


def rows(data: Path, table: str) -> int:
    with closing(sqlite3.connect(f"file:{data}/magazie.db?mode=ro", uri=True)) as connection:
        query = f"SELECT count(*) FROM {table}"
        (number,) = connection.execute(query).fetchone()
        return int(number)


def token_of(data: Path) -> str:
    token: str = json.loads((data / "local.json").read_text())["token"]
    return token


def told(demo: Running, token: str) -> list[str]:
    """Products that came in an order, and whose stock the shop acknowledged as it is now."""
    _, page = ask(f"{demo.url}/api/v1/orders?limit=200", token)
    ordered = {line["product"] for order in page["items"] for line in order["lines"]} - {None}
    address = f"{demo.url}/api/v1/shops/magazin/outbox/explain?product="
    found = {product: ask(address + product, token)[1] for product in ordered}
    return [
        product
        for product, answer in found.items()
        if any(each["field"] == "stock" and each["state"] == "told" for each in answer["values"])
    ]


def until(condition: Callable[[], object], within_s: float) -> None:
    ends = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < ends, "it did not come about in time"
        time.sleep(0.5)


def test_orders_become_acknowledged_stock_and_a_restart_goes_on(
    tmp_path: Path, start: Start
) -> None:
    data = tmp_path / "kept"
    demo = start(*OPTIONS, "--data", "kept").ready()
    shown, token = demo.printed.decode(), token_of(data)

    # the log-in that is shown works, and the goods are in
    name, password = shown.split("log in")[1].split()[0:3:2]
    assert ask(f"{demo.url}/login", body={"name": name, "password": password})[0] in {200, 204}
    assert rows(data, "products") > 30
    assert rows(data, "balances") > 30

    until(lambda: told(demo, token), 50)

    # killed and started again, shop and books are where they stood
    demo.end(signal.SIGKILL)
    before, products = rows(data, "orders"), rows(data, "products")
    again = start(*OPTIONS, "--data", "kept").ready()
    assert rows(data, "products") == products
    assert rows(data, "orders") >= before
    until(lambda: rows(data, "orders") > before, 30)
    assert again.end() == 0


def test_without_a_folder_it_begins_anew(tmp_path: Path, start: Start) -> None:
    options = ("demo", "--port", "0", "--orders-per-minute", "0", "--products")
    data = tmp_path / "var" / "demo"
    start(*options, "5").ready().end()
    first = rows(data, "products")
    start(*options, "9").ready().end()

    assert (first, rows(data, "products")) == (5, 9)


def test_other_commands_find_its_data(tmp_path: Path, start: Start) -> None:
    start("demo", "--port", "0", "--products", "3", "--orders-per-minute", "0").ready()

    made = run(
        tmp_path, "token", "add", "x", "--role", "admin", "--config", "var/demo/magazie.toml"
    )

    assert made.returncode == 0, made.stderr


def test_real_books_are_not_touched(folder: Path, start: Start) -> None:
    start("serve").ready().end()

    ended = run(folder, "demo", "--port", "0", "--data", "data")

    assert ended.returncode == 1
    assert "no demonstration made" in ended.stderr
    assert rows(folder / "data", "shops") == 0


def test_it_ends_cleanly_and_leaves_no_port_in_use(tmp_path: Path, start: Start) -> None:
    demo = start("demo", "--port", "0", "--products", "3", "--data", "d").ready()
    port = demo.url.rpartition(":")[2]
    assert ask(f"{demo.url}/healthz")[0] == 200
    refused = run(tmp_path, "demo", "--port", port, "--data", "other")
    assert demo.end() == 0

    assert refused.returncode == 1
    assert f"Port {port} of 127.0.0.1 is in use" in refused.stderr
    assert start("demo", "--port", port, "--data", "other").ready().end() == 0
