"""A shop of 500 products with oddities at known places comes in without one duplicate."""

from collections import Counter
from typing import Final

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CreateProduct
from magazie.model.codes import keys_of
from magazie.model.matching import MatchAction, MatchReason
from magazie.simulators.gomag.planted import PlantKind
from magazie.simulators.gomag.seed.build import build_shop
from magazie.storage.products import ProductDraft
from tests.cases.catalogue_room import imported, product_of
from tests.rules.storeroom import SHOP, Storeroom, in_storeroom

TWINS: Final = {
    PlantKind.SKU_CASE,
    PlantKind.SKU_SPACES,
    PlantKind.SKU_NO_BREAK_SPACE,
    PlantKind.SKU_FULL_WIDTH,
    PlantKind.SKU_REPEATED,
    PlantKind.EAN_SHARED,
}
KNOWN: Final = {
    PlantKind.KNOWN_BY_SKU,
    PlantKind.KNOWN_BY_EAN,
    PlantKind.KNOWN_BY_BOTH,
    PlantKind.UPC,
    PlantKind.UPC_LOST_ZERO,
}


def plant(room: Storeroom) -> None:
    side = room.sides[SHOP]
    side.engine = build_shop(1, 500, now_ms=side.now_ms, orders=0, planted=True)


def items_of(room: Storeroom, *kinds: PlantKind) -> set[str]:
    """The items of these plants."""
    plants = room.shop.engine.truth.planted().plants
    return {str(item) for each in plants if each.kind in kinds for item in each.products}


async def plan(room: Storeroom, action: MatchAction) -> dict[str, str]:
    """Item → reason, of those that this was done with."""
    return dict(
        await room.look(
            lambda c: c.execute(
                "SELECT external_id, reason FROM import_plan WHERE action = ?", (action,)
            ).fetchall()
        )
    )


@in_storeroom({}, linked=False, before_start=plant)
async def test_what_is_planted_is_found_and_nothing_else(room: Storeroom) -> None:
    planted = room.shop.engine.truth.planted()
    for goods in planted.known:
        draft = ProductDraft(code=goods.code, ean=goods.ean, name=goods.name)
        product_id = room.service.ids.next_id()
        await room.ask(ProductActor, product_id, CreateProduct(draft=draft))
    result = await imported(room)

    left = await plan(room, MatchAction.ASK)
    twins, conflicts = items_of(room, *TWINS), items_of(room, PlantKind.CONFLICT)
    assert set(left) == twins | conflicts
    assert {left[item] for item in twins} == {MatchReason.SEVERAL_ITEMS}
    assert {left[item] for item in conflicts} == {MatchReason.CODES_DISAGREE}
    assert await room.alerts("import_conflict") == sorted(f"{SHOP}/{item}" for item in left)
    assert all(row.why for row in result.rows if row.action is MatchAction.ASK)
    assert len([row for row in result.rows if row.action is MatchAction.ASK]) == len(left)

    assert set(await plan(room, MatchAction.LINK)) == items_of(room, *KNOWN)
    assert result.created == 500 - len(left) - result.linked
    names = {goods.name for goods in planted.known}
    for item in items_of(room, *KNOWN):
        assert (await product_of(room, item)).name in names, "a link overwrites nothing"

    keys = Counter(
        keys_of(text)[-1]
        for code, ean in await room.look(
            lambda c: c.execute("SELECT code, ean FROM products").fetchall()
        )
        for text in {code, ean}
        if keys_of(text)
    )
    assert {key: count for key, count in keys.items() if count > 1} == {}, "not one duplicate"
    for item in items_of(room, PlantKind.SKU_PLACEHOLDER):
        assert (await product_of(room, item)).code == f"MAGAZIN-{item}"
    for item in items_of(room, PlantKind.DESCRIPTION_SCRIPT):
        description = (await product_of(room, item)).description.lower()
        assert not any(it in description for it in ("<script", "onerror", "onload", "javascript:"))
    for each in planted.plants:
        if each.kind is PlantKind.FAMILY:
            families = {(await product_of(room, str(it))).family for it in each.products}
            assert families == {each.detail}
        elif each.kind is PlantKind.BUNDLE:
            assert (await product_of(room, str(each.products[0]))).bundle
        elif each.kind is PlantKind.BUNDLE_UNKNOWN_PART:
            assert (await product_of(room, str(each.products[0]))).bundle == ()

    again = await imported(room)
    assert (again.created, again.linked, again.left) == (0, 0, len(left))
