"""The control address: seeing the shop's truth and meddling with it, for tests and demos."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec
from aiohttp import web

from magazie.simulators.gomag import control_messages as messages
from magazie.simulators.gomag.back_office import BackOffice
from magazie.simulators.gomag.engine import GomagShop
from magazie.simulators.gomag.faults import FaultKind, FaultRule
from magazie.simulators.gomag.host import SimulatorHost
from magazie.simulators.gomag.romanian_time import local_text
from magazie.simulators.gomag.state import UnknownInShopError
from magazie.simulators.gomag.switches import Switches

_JOURNAL_SHOWN = 200

Message = TypeVar("Message")
Handler = Callable[[web.Request], Awaitable[web.Response]]


def control_routes(host: SimulatorHost) -> list[web.RouteDef]:
    """Return the routes under ``/control``."""
    control = _Control(host)
    reads: Mapping[str, Handler] = {
        "state": control.state,
        "truth": control.truth,
        "orders": control.orders,
        "products": control.products,
        "planted": control.planted,
        "journal": control.journal,
    }
    writes: Mapping[str, Handler] = {
        "orders": control.place,
        "operator": control.operate,
        "faults": control.add_fault,
        "switches": control.switch,
        "shoppers": control.set_shoppers,
        "webhook": control.set_webhook,
        "maintenance": control.close,
        "budget": control.share_budget,
        "reset": control.reset,
    }
    return [
        *(web.get(f"/control/{name}", handler) for name, handler in reads.items()),
        *(web.post(f"/control/{name}", _refusing(handler)) for name, handler in writes.items()),
        web.delete("/control/faults", _refusing(control.clear_faults)),
    ]


class _Control:
    """Handlers of the control address; each reads the running shop of its host."""

    def __init__(self, host: SimulatorHost) -> None:
        self._host = host

    @property
    def _shop(self) -> GomagShop:
        return self._host.engine

    async def state(self, _request: web.Request) -> web.Response:
        shop = self._shop
        now_ms = shop.tick()
        plan = shop.webhooks
        return _json(
            {
                "now_ms": now_ms,
                "local": local_text(now_ms),
                "shop_url": shop.state.profile.shop_url,
                "products": len(shop.state.catalogue.products),
                "orders": len(shop.state.orders.by_id),
                "orders_per_minute": shop.shoppers.orders_per_minute,
                "requests": len(shop.journal.entries),
                "increments": shop.journal.increments(),
                "switches": shop.switches,
                "faults": shop.faults,
                "webhook": {
                    "note": "not a Gomag contract",
                    "settings": plan.settings,
                    "disabled": plan.disabled,
                    "made": plan.made,
                },
            }
        )

    async def truth(self, _request: web.Request) -> web.Response:
        truth = self._shop.truth
        everything = {
            "products": truth.products(),
            "orders": truth.orders(),
            "planted": truth.planted(),
        }
        return _json(everything)

    async def orders(self, _request: web.Request) -> web.Response:
        return _json(self._shop.truth.orders())

    async def products(self, request: web.Request) -> web.Response:
        sku = request.query.get("sku")
        return _json([p for p in self._shop.truth.products() if sku is None or p.sku == sku])

    async def planted(self, _request: web.Request) -> web.Response:
        return _json(self._shop.truth.planted())

    async def journal(self, request: web.Request) -> web.Response:
        entries = self._shop.journal.of(request.query.get("path", ""))
        return _json(entries[-_JOURNAL_SHOWN:])

    async def place(self, request: web.Request) -> web.Response:
        asked = await _read(request, messages.PlaceOrder)
        shop = self._shop
        placed = shop.shoppers.shopper_orders(asked.random, oversell=asked.oversell)
        if asked.lines:
            placed.append(shop.place_order(asked.lines, asked.details))
        return _json([{"id": order.id, "number": order.number} for order in placed])

    async def operate(self, request: web.Request) -> web.Response:
        text = await request.text()
        act = msgspec.json.decode(text, type=messages.Act)
        return _json({"done": True, "id": _do(self._shop.office, act)})

    async def add_fault(self, request: web.Request) -> web.Response:
        self._shop.add_fault(await _read(request, FaultRule))
        return _json(self._shop.faults)

    async def clear_faults(self, request: web.Request) -> web.Response:
        kind = request.query.get("kind")
        self._shop.clear_faults(None if kind is None else FaultKind(kind))
        return _json(self._shop.faults)

    async def switch(self, request: web.Request) -> web.Response:
        changes = await _read(request, dict[str, object])
        known = msgspec.structs.asdict(self._shop.switches)
        unknown = sorted(set(changes) - set(known))
        if unknown:
            raise msgspec.ValidationError(f"no such switch: {', '.join(unknown)}")
        self._shop.switches = msgspec.convert({**known, **changes}, Switches)
        return _json(self._shop.switches)

    async def set_shoppers(self, request: web.Request) -> web.Response:
        asked = await _read(request, messages.SetShoppers)
        self._shop.shoppers.oversell = asked.oversell
        self._shop.shoppers.set_rate(asked.orders_per_minute)
        return _json(asked)

    async def set_webhook(self, request: web.Request) -> web.Response:
        asked = await _read(request, messages.SetWebhook)
        self._host.call_webhook(asked.url, asked.settings)
        return _json({"done": True})

    async def close(self, request: web.Request) -> web.Response:
        asked = await _read(request, messages.SetMaintenance)
        start_ms = self._shop.tick() + asked.after_ms
        self._shop.close_for_maintenance(start_ms, start_ms + asked.duration_ms)
        return _json({"from_ms": start_ms, "to_ms": start_ms + asked.duration_ms})

    async def share_budget(self, request: web.Request) -> web.Response:
        asked = await _read(request, messages.ShareBudget)
        self._shop.share_budget(
            reads_per_minute=asked.reads_per_minute, writes_per_minute=asked.writes_per_minute
        )
        return _json(asked)

    async def reset(self, request: web.Request) -> web.Response:
        asked = await _read(request, messages.Reset)
        self._host.reset(asked.seed, asked.products)
        return await self.state(request)


def _do(office: BackOffice, act: messages.Act) -> int | None:
    """Carry out an act and return the new product id where it makes one."""
    if isinstance(act, messages.OrderAct):
        _do_to_order(office, act)
        return None
    return _do_to_product(office, act)


def _do_to_order(office: BackOffice, act: messages.OrderAct) -> None:
    match act:
        case messages.SetStatus(order, status):
            office.set_status(order, status)
        case messages.CancelOrder(order):
            office.cancel_order(order)
        case messages.DeleteOrder(order):
            office.delete_order(order)
        case messages.EditOrder(order, lines):
            office.edit_order(order, lines)
        case messages.SetQuantity(order, line, quantity_milli):
            office.set_quantity(order, line, quantity_milli)
        case messages.AttachInvoice(order, series, number):
            office.attach_invoice(order, series, number)
        case messages.AttachShipment(order, carrier, awb):
            office.attach_shipment(order, carrier, awb)


def _do_to_product(office: BackOffice, act: messages.ProductAct) -> int | None:
    match act:
        case messages.SetStock(sku, stock_milli):
            office.set_stock(sku, stock_milli)
        case messages.SetPrice(sku, price_e4):
            office.set_price(sku, price_e4)
        case messages.SetPromotion(sku, price_e4):
            office.set_promotion(sku, price_e4)
        case messages.SetEan(sku, ean):
            office.set_ean(sku, ean)
        case messages.SetImages(sku, names):
            office.set_images(sku, names)
        case messages.AddProduct(sku, name, price_e4, stock_milli):
            return office.add_product(sku, name, price_e4=price_e4, stock_milli=stock_milli)
        case messages.RenameSku(sku, new_sku):
            office.rename_sku(sku, new_sku)
        case messages.DeleteProduct(sku):
            office.delete_product(sku)
        case messages.RestoreProduct(sku):
            return office.restore_product(sku)
    return None


async def _read(request: web.Request, kind: type[Message]) -> Message:
    return msgspec.json.decode(await request.read(), type=kind)


def _refusing(handler: Handler) -> Handler:
    """Answer 422 to a message that cannot be read and 404 to what the shop does not have."""

    async def refusing(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except UnknownInShopError as error:
            return _json({"problem": f"not in the shop: {error}"}, status=404)
        except ValueError as error:  # msgspec's own errors are ValueErrors too
            return _json({"problem": str(error)}, status=422)

    return refusing


def _json(value: object, status: int = 200) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json")
