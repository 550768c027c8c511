"""Whatever is changed of a shop, it is read and told by one set of tasks."""

import asyncio

from magazie.actors.news import RecordNews
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_messages import UpdateShop
from tests.rules.storeroom import SHOP, Storeroom, in_storeroom


def tasks_of(shop: str) -> list[str]:
    names = [task.get_name() for task in asyncio.all_tasks()]
    return sorted(name for name in names if name.startswith(f"{shop}: "))


@in_storeroom({"P1": 10})
async def test_a_shop_that_is_changed_twice_at_once_is_served_once(room: Storeroom) -> None:
    before = tasks_of(SHOP)
    served = room.syncs[SHOP]
    ending = served.stop

    async def end_slowly() -> None:
        await room.pass_time(5)
        await ending()

    served.stop = end_slowly  # type: ignore[method-assign]  # what is in flight may take its time
    change = UpdateShop(name=SHOP, shop_url="https://altul.example")
    await room.ask(SettingsActor, SETTINGS_KEY, change)
    room.service.news.tell(RecordNews("shop", SHOP, 0))
    await room.pass_time(30)
    assert room.syncs[SHOP] is not served
    assert tasks_of(SHOP) == before
