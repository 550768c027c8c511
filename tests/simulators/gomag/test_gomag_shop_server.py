import asyncio
import io
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web

from magazie.simulators.gomag import DEMO_API_KEY, DEMO_SHOP_URL, FaultKind
from magazie.simulators.gomag.order_records import Order
from magazie.simulators.gomag.server import RunningSimulator, start_gomag_simulator

HEADERS = {"Apikey": DEMO_API_KEY, "ApiShop": DEMO_SHOP_URL, "User-Agent": "magazie/1"}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
async def running() -> AsyncIterator[RunningSimulator]:
    simulator = await start_gomag_simulator(now_ms=now_ms, products=120, orders=5, seed=8)
    yield simulator
    await simulator.stop()


@pytest.fixture
async def http(running: RunningSimulator) -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(running.url, headers=HEADERS, timeout=timeout) as session:
        yield session


def placed_in(running: RunningSimulator) -> Order:
    order = running.engine.place_random_order()
    assert order is not None
    return order


async def control(
    http: aiohttp.ClientSession, name: str, message: dict[str, object]
) -> tuple[int, Any]:
    async with http.post(f"/control/{name}", json=message) as answer:
        return answer.status, await answer.json()


async def see(http: aiohttp.ClientSession, name: str) -> Any:
    async with http.get(f"/control/{name}") as answer:
        assert answer.status == 200
        return await answer.json()


async def send(http: aiohttp.ClientSession, sku: str, stock: int) -> aiohttp.ClientResponse:
    data = json.dumps({"products": [{"sku": sku, "stock": stock}]})
    return await http.post("/api/v1/product/inventory/json", data={"data": data})


async def test_it_listens_on_loopback_only(running: RunningSimulator) -> None:
    assert running.url.startswith("http://127.0.0.1:")


async def test_reads_over_a_socket(running: RunningSimulator, http: aiohttp.ClientSession) -> None:
    async with http.get("/api/v1/product/read/json", params={"page": "2", "limit": "50"}) as answer:
        assert answer.status == 200
        assert answer.headers["Server"] == "Gomag"
        assert answer.headers["api-ratelimit-read-burst"] == "40"
        assert answer.headers["Content-Encoding"] in {"gzip", "deflate"}
        page = await answer.json()
    assert (page["total"], page["pages"], len(page["products"])) == (120, 3, 50)
    picture = next(i for p in page["products"].values() for i in p["images"])
    assert picture.startswith(running.url)
    async with http.get(picture.removeprefix(running.url)) as answer:
        assert answer.content_type == "image/png"
        assert (await answer.read()).startswith(b"\x89PNG")


@pytest.mark.parametrize("multipart", [False, True])
async def test_writes_as_either_kind_of_form(
    running: RunningSimulator, http: aiohttp.ClientSession, *, multipart: bool
) -> None:
    sku = next(iter(running.engine.truth.stock()))
    form = aiohttp.FormData()
    data = json.dumps({"products": [{"sku": sku, "stock": "2.5"}]}, ensure_ascii=False)
    form.add_field("data", data, content_type="text/plain" if multipart else None)
    async with http.post("/api/v1/product/inventory/json", data=form) as answer:
        assert (await answer.json(content_type=None))["error"] == "200"
    assert running.engine.truth.stock()[sku] == 2_500


async def test_a_large_form_fits(running: RunningSimulator, http: aiohttp.ClientSession) -> None:
    data = json.dumps({"products": [{"sku": "x" * 5_000}] * 1_000})
    body = io.BytesIO(urlencode({"data": data}).encode())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with http.post("/api/v1/product/inventory/json", data=body, headers=headers) as answer:
        rows = (await answer.json())["data"][""]
    assert len(rows) == 1_000


async def test_lost_answers_are_broken_connections(
    running: RunningSimulator, http: aiohttp.ClientSession
) -> None:
    sku = next(iter(running.engine.truth.stock()))
    for kind, applied in (("lost_before", False), ("lost_after", True)):
        await control(http, "faults", {"kind": kind, "times": 1, "path": "inventory"})
        with pytest.raises(aiohttp.ClientError):
            await send(http, sku, 77)
        assert (running.engine.truth.stock()[sku] == 77_000) == applied


async def test_hanging_and_slow_answers_time_out(
    running: RunningSimulator, http: aiohttp.ClientSession
) -> None:
    for kind in ("hang", "slow"):
        await control(
            http, "faults", {"kind": kind, "times": 1, "path": "order/read", "delay_ms": 60_000}
        )
        with pytest.raises(TimeoutError):
            await http.get("/api/v1/order/read/json", timeout=aiohttp.ClientTimeout(total=0.2))
    async with http.get("/api/v1/order/read/json") as answer:
        assert answer.status == 200


async def test_throttling_over_a_socket(
    running: RunningSimulator, http: aiohttp.ClientSession
) -> None:
    await control(http, "switches", {"write_burst": 2})
    statuses = []
    for _ in range(3):
        async with await send(http, "x", 1) as answer:
            statuses.append(answer.status)
    assert statuses == [200, 200, 428]


async def test_control_shows_what_is_so(
    running: RunningSimulator, http: aiohttp.ClientSession
) -> None:
    sku = next(p.sku for p in running.engine.truth.products() if p.stock_managed)
    status, placed = await control(
        http, "orders", {"lines": [{"sku": sku, "quantity_milli": 2_000}], "random": 2}
    )
    assert (status, len(placed)) == (200, 3)
    orders = await see(http, "orders")
    assert [o["id"] for o in orders[-3:]] == [p["id"] for p in placed]
    assert orders[-1]["lines"][0]["sku"] == sku
    truth = await see(http, "truth")
    assert len(truth["products"]) == 120
    assert len(await see(http, f"products?sku={sku}")) == 1
    state = await see(http, "state")
    assert (state["products"], state["orders"]) == (120, 8)
    assert state["webhook"]["note"] == "not a Gomag contract"
    async with await send(http, sku, 1) as answer:
        assert answer.status == 200
    (entry,) = await see(http, "journal?path=inventory")
    assert entry["payload"] == {"products": [{"sku": sku, "stock": 1}]}
    assert entry["applied"]


ACTS: dict[str, dict[str, object]] = {
    "add_product": {"sku": "ADUS", "name": "Adus de mână"},
    "set_ean": {"sku": "", "ean": "5940000000017"},
    "set_images": {"sku": "", "names": ["lipsa-1.png"]},
    "set_status": {"order": 0, "status": "Platita"},
    "edit_order": {"order": 0, "lines": [{"sku": "", "quantity_milli": 3_000}]},
    "set_quantity": {"order": 0, "line": 0, "quantity_milli": 1_000},
    "attach_invoice": {"order": 0, "series": "M", "number": "1"},
    "attach_shipment": {"order": 0, "carrier": "Sameday", "awb": "1"},
    "cancel_order": {"order": 0},
    "delete_order": {"order": 0},
    "set_stock": {"sku": "", "stock_milli": 4_000},
    "set_price": {"sku": "", "price_e4": 40_000},
    "set_promotion": {"sku": "", "price_e4": 30_000},
    "delete_product": {"sku": ""},
    "restore_product": {"sku": ""},
    "rename_sku": {"sku": "", "new_sku": "NOU"},
}


async def test_every_act_by_hand(running: RunningSimulator, http: aiohttp.ClientSession) -> None:
    sku = next(p.sku for p in running.engine.truth.products() if p.stock_managed)
    order = placed_in(running).id
    for act, fields in ACTS.items():
        before = await see(http, "truth"), running.engine.state.orders.by_id.get(order)
        filled = json.loads(json.dumps(fields).replace('"sku": ""', f'"sku": "{sku}"'))
        if "order" in filled:
            filled["order"] = order
        status, answer = await control(http, "operator", {"act": act, **filled})
        assert (status, answer["done"]) == (200, True)
        assert (answer["id"] is not None) == (act in {"add_product", "restore_product"})
        after = await see(http, "truth"), running.engine.state.orders.by_id.get(order)
        if not act.startswith(("attach", "set_images")):
            assert after != before
    assert "NOU" in running.engine.truth.stock()


@pytest.mark.parametrize(
    ("name", "message", "status"),
    [
        ("operator", {"act": "cancel_order", "order": 1}, 404),
        ("operator", {"act": "dance"}, 422),
        ("faults", {"kind": "gremlin"}, 422),
        ("switches", {"no_such": 1}, 422),
        ("switches", {"throttle_status": 200}, 422),
        ("shoppers", {"orders_per_minute": 1, "speed": 2}, 422),
        ("orders", {"lines": [{"quantity_milli": 1}]}, 422),
    ],
)
async def test_control_refuses_what_it_does_not_know(
    http: aiohttp.ClientSession, name: str, message: dict[str, object], status: int
) -> None:
    got, answer = await control(http, name, message)
    assert got == status
    assert answer["problem"]


async def test_control_sets_faults_rates_windows_and_resets(
    running: RunningSimulator, http: aiohttp.ClientSession
) -> None:
    await control(http, "faults", {"kind": "bom", "rate": 0.5})
    async with http.delete("/control/faults", params={"kind": "bom"}) as answer:
        assert await answer.json() == []
    await control(http, "budget", {"reads_per_minute": 30})
    await control(http, "maintenance", {"duration_ms": 60_000})
    async with http.get("/api/v1/order/read/json") as answer:
        assert answer.status == 503
    await control(http, "shoppers", {"orders_per_minute": 3_000})
    await asyncio.sleep(0.5)
    assert len(running.engine.truth.orders()) > 8
    _, state = await control(http, "reset", {"products": 10})
    assert (state["products"], state["orders_per_minute"]) == (10, 0)
    async with http.get("/api/v1/product/read/json") as answer:
        assert len((await answer.json())["products"]) == 10


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[str, list[object]]]:
    got: list[object] = []

    async def take(request: web.Request) -> web.Response:
        got.append((request.query.get("secret"), await request.json()))
        return web.Response(status=202 if len(got) > 1 else 500)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook?secret=s", got
    await runner.cleanup()


async def test_webhooks_are_delivered_and_repeated(
    running: RunningSimulator, http: aiohttp.ClientSession, receiver: tuple[str, list[object]]
) -> None:
    url, got = receiver
    fast = {"enabled": True, "shortest_delay_ms": 0, "longest_delay_ms": 0, "retry_ms": 10}
    await control(http, "webhook", {"url": url, "settings": fast})
    order = placed_in(running)
    for _ in range(40):
        await asyncio.sleep(0.05)
        if len(got) == 2:
            break
    told = ("s", {"event": "order.created", "order": {"id": str(order.id), "number": order.number}})
    assert got == [told, told]
    await control(http, "webhook", {"url": None})
    running.engine.place_random_order()
    await asyncio.sleep(0.3)
    assert len(got) == 2


async def test_stop_lets_go_of_hanging_requests(running: RunningSimulator) -> None:
    running.engine.inject(FaultKind.HANG)
    async with aiohttp.ClientSession() as session:
        asked = asyncio.create_task(session.get(f"{running.url}/api/v1/order/read/json"))
        await asyncio.sleep(0.1)
        started = time.perf_counter()
        await running.stop()
        assert time.perf_counter() - started < 3
        with pytest.raises(aiohttp.ClientError):
            await asked


async def test_a_taken_port_is_told(running: RunningSimulator) -> None:
    port = int(running.url.rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        await start_gomag_simulator(port, now_ms=now_ms, products=1, orders=0)


def test_the_command_says_ready_and_ends_on_sigterm() -> None:
    code = (
        "import time\n"
        "from magazie.simulators.gomag.command import run\n"
        "run(port=0, now_ms=lambda: time.time_ns() // 1_000_000, products=20)\n"
    )
    with subprocess.Popen(  # noqa: S603 - our own interpreter and a fixed text
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert line.startswith("ready http://127.0.0.1:")
