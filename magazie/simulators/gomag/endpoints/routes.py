from msgspec import Struct

from magazie.simulators.gomag.endpoints.attribute_writes import (
    patch_attributes,
    write_attributes,
)
from magazie.simulators.gomag.endpoints.call import Endpoint
from magazie.simulators.gomag.endpoints.catalogue_reads import (
    read_attributes,
    read_brands,
    read_categories,
)
from magazie.simulators.gomag.endpoints.category_writes import (
    delete_categories,
    patch_categories,
    write_categories,
)
from magazie.simulators.gomag.endpoints.inventory import write_inventory
from magazie.simulators.gomag.endpoints.order_add import add_order
from magazie.simulators.gomag.endpoints.order_read import read_orders
from magazie.simulators.gomag.endpoints.order_writes import add_note, write_status
from magazie.simulators.gomag.endpoints.product_read import read_products
from magazie.simulators.gomag.endpoints.product_writes import (
    delete_products,
    patch_products,
    write_products,
)
from magazie.simulators.gomag.endpoints.reference_reads import (
    read_carriers,
    read_currencies,
    read_customers,
    read_payments,
    read_statuses,
)


class Route(Struct, frozen=True):
    """What answers at an address, and whether it is a write (POST, write budget)."""

    run: Endpoint
    is_write: bool


_READS: dict[str, Endpoint] = {
    "attribute/read": read_attributes,
    "awb/carrier/read": read_carriers,
    "brand/read": read_brands,
    "category/read": read_categories,
    "currency/read": read_currencies,
    "customer/read": read_customers,
    "order/read": read_orders,
    "order/status/read": read_statuses,
    "payment/read": read_payments,
    "product/read": read_products,
}
_WRITES: dict[str, Endpoint] = {
    "attribute/patch": patch_attributes,
    "attribute/write": write_attributes,
    "category/delete": delete_categories,
    "category/patch": patch_categories,
    "category/write": write_categories,
    "order/add": add_order,
    "order/note/add": add_note,
    "order/status": write_status,
    "product/delete": delete_products,
    "product/inventory": write_inventory,
    "product/patch": patch_products,
    "product/write": write_products,
}
ROUTES: dict[str, Route] = {
    f"/api/v1/{name}/json": Route(run, is_write)
    for table, is_write in ((_READS, False), (_WRITES, True))
    for name, run in table.items()
}
"""Address to what answers there. Any other address is unknown to the shop."""
