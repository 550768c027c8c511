from magazie.model.orders import Address, Delivery, LineKind, Payment
from magazie.ports import ShopLine, ShopOrder, ShopProduct


def shop_product(external_id: str, sku: str, name: str) -> ShopProduct:
    return ShopProduct(
        external_id=external_id,
        sku=sku,
        ean="",
        name=name,
        description="",
        short_description="",
        brand="",
        unit="buc",
        url="",
        weight_milli=None,
        enabled=True,
        parent_id="",
        group_key="",
        stock_managed=True,
        backorders=False,
        stock_milli=3000,
        base_price_e4=100_000,
        price_e4=100_000,
        vat_included=True,
        vat_rate_e2=2100,
        currency="RON",
        categories=(),
        attributes=(),
        images=(),
        bundle=(),
        problems=(),
        raw=b"{}",
    )


def shop_order(external_id: str, number: str, *, item: str = "1", placed_ms: int = 0) -> ShopOrder:
    line = ShopLine(LineKind.PRODUCT, item, "S1", "", "Ciocan", 1000, 100_000, 100_000, 2100)
    return ShopOrder(
        external_id=external_id,
        number=number,
        placed_at_ms=placed_ms or 1_790_000_000_000 + int(external_id),
        placed_raw="2026-09-21 15:13:20",
        status="Comanda noua",
        status_id="1",
        currency="RON",
        total_bani=1000,
        lines=(line,),
        discounts=(),
        delivery=Delivery(),
        shipping=Address(name="Ana"),
        billing=Address(name="Ana"),
        company=None,
        customer_id="",
        payment=Payment(),
        observation="",
        sales_channel="",
        raw=b"{}",
        digest=external_id.encode().ljust(16, b"."),
    )
