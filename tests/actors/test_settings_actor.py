import sqlite3

import argon2
import pytest
from msgspec import UNSET
from msgspec.structs import replace

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.news import RecordNews
from magazie.actors.passwords import PasswordHasher
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role
from magazie.actors.settings_messages import (
    AddShop,
    AddToken,
    AddUser,
    AddWarehouse,
    LoadSettings,
    NameTakenError,
    RemoveUser,
    RenameWarehouse,
    RevokeToken,
    SeedSettings,
    SetCompany,
    SettingNotFoundError,
    ShopVersionError,
    UpdateShop,
    UpdateUser,
)
from magazie.secret_refs import SecretRef
from magazie.settings import CompanySettings, Settings, WarehouseSettings
from tests.actors.house import START_MS, TWO_PLACES, House, shop_setup

CHEAP = PasswordHasher(argon2.PasswordHasher(1, 8, 1))


async def test_the_file_seeds_what_is_not_stored_and_changes_nothing_else(house: House) -> None:
    assert set(house.book.view.shops) == {"magazin", "outlet"}
    await house.settings(UpdateShop(name="magazin", flush_seconds=5))
    await house.settings(RenameWarehouse("principal", "Hala"))

    later = Settings(
        company=CompanySettings(name="Exemplu SRL"),
        warehouses=(*TWO_PLACES.warehouses, WarehouseSettings("nou", "Nou")),
        shops=(shop_setup("magazin", flush_seconds=9), shop_setup("third")),
    )
    view = await house.settings(SeedSettings(later))
    again = await house.settings(
        SeedSettings(replace(later, company=CompanySettings(name="Alta SRL")))
    )

    assert again == view == house.book.view
    assert view.company.name == "Exemplu SRL"
    assert dict(view.warehouses) == {"magazin": "Raft", "nou": "Nou", "principal": "Hala"}
    assert {name: shop.flush_seconds for name, shop in view.shops.items()} == {
        "magazin": 5,
        "outlet": 60,
        "third": 60,
    }


async def test_orders_are_taken_from_the_first_connection_unless_said(house: House) -> None:
    assert house.book.view.shops["magazin"].orders_from_ms == START_MS
    house.clock.ms += 1000
    await house.settings(SeedSettings(TWO_PLACES))
    shop = await house.settings(AddShop(shop_setup("third", orders_from_ms=77)))

    assert house.book.view.shops["magazin"].orders_from_ms == START_MS
    assert shop.orders_from_ms == 77


async def test_what_is_stored_is_there_after_a_restart(house: House) -> None:
    await house.settings(SetCompany(CompanySettings(name="Exemplu SRL", vat_payer=False)))
    await house.settings(AddToken("erp", Role.OFFICE))
    await house.settings(AddUser("ana", Role.ADMIN, "parola-lunga"))
    before = house.book.view
    house.restart()
    assert house.book.view.shops == {}

    assert await house.settings(LoadSettings()) == before
    assert house.book.view == before


async def test_a_shop_moves_its_version_and_its_generations_with_the_source(house: House) -> None:
    moved = await house.settings(
        UpdateShop(name="magazin", expected_version=1, stock_warehouse="magazin")
    )
    assert (moved.version, moved.stock_generation, moved.price_generation) == (2, 1, 0)

    priced = await house.settings(UpdateShop(name="magazin", price_warehouse=None))
    assert (priced.version, priced.stock_generation, priced.price_generation) == (3, 1, 1)

    polled = await house.settings(UpdateShop(name="magazin", poll_seconds=30))
    assert (polled.version, polled.stock_generation, polled.price_generation) == (4, 1, 1)
    assert house.heard(RecordNews) == [RecordNews("shop", "magazin", v) for v in (2, 3, 4)]

    same = await house.settings(UpdateShop(name="magazin", poll_seconds=30))
    assert same.version == 4
    assert house.heard(RecordNews) == []
    assert house.book.shop("magazin") == same
    assert house.book.view.shops["outlet"].version == 1


async def test_a_shop_changed_meanwhile_is_not_changed_again(house: House) -> None:
    await house.settings(UpdateShop(name="magazin", poll_seconds=30))
    with pytest.raises(ShopVersionError) as caught:
        await house.settings(UpdateShop(name="magazin", expected_version=1, poll_seconds=40))
    assert caught.value.version == 2
    assert house.book.view.shops["magazin"].poll_seconds == 30
    with pytest.raises(SettingNotFoundError):
        await house.settings(UpdateShop(name="none", poll_seconds=40))


async def test_a_write_on_an_outdated_version_fails_and_is_reloaded(house: House) -> None:
    def behind_its_back(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE shops SET version = 7, poll_seconds = 11")

    await house.write(behind_its_back)
    with pytest.raises(Exception, match="shop magazin at version 1"):
        await house.settings(UpdateShop(name="magazin", poll_seconds=30))

    shop = await house.settings(UpdateShop(name="magazin", flush_seconds=5))
    assert (shop.version, shop.poll_seconds, shop.flush_seconds) == (8, 11, 5)


async def test_status_names_are_replaced_one_by_one(house: House) -> None:
    shop = await house.settings(UpdateShop(name="magazin", status_map={"picked": "Pregatita"}))
    assert shop.status_map["picked"] == "Pregatita"
    assert shop.status_map["taken"] == "Comanda preluata"


async def test_all_faults_of_a_shop_are_named(house: House) -> None:
    with pytest.raises(FieldsRefusedError) as caught:
        await house.settings(
            UpdateShop(
                name="magazin",
                base_url="nowhere",
                stock_warehouse="none",
                flush_seconds=0,
                status_map={"x": "y"},
            )
        )
    fields = {fault.field for fault in caught.value.faults}
    assert fields == {"base_url", "stock_warehouse", "flush_seconds", "status_map"}
    assert house.book.view.shops["magazin"].version == 1
    with pytest.raises(NameTakenError):
        await house.settings(AddShop(shop_setup("outlet")))


async def test_a_missing_source_alerts_until_it_is_set(house: House) -> None:
    assert await house.open_alerts() == set()
    await house.settings(AddShop(shop_setup("third", stock_warehouse=None, price_warehouse=None)))
    assert await house.open_alerts() == {("no_stock_source", "third"), ("no_price_source", "third")}

    await house.settings(UpdateShop(name="third", stock_warehouse="principal"))
    assert await house.open_alerts() == {("no_price_source", "third")}
    await house.settings(UpdateShop(name="third", price_warehouse="principal"))
    assert await house.open_alerts() == set()
    await house.settings(UpdateShop(name="third", stock_warehouse=None))
    assert await house.open_alerts() == {("no_stock_source", "third")}


async def test_a_seeded_shop_without_sources_alerts(bare_house: House) -> None:
    bare = shop_setup("magazin", stock_warehouse=None, price_warehouse=None)
    await bare_house.seed(Settings(shops=(bare,)))
    kinds = {kind for kind, _ in await bare_house.open_alerts()}
    assert kinds == {"no_stock_source", "no_price_source"}


# --- secrets ---------------------------------------------------------------------------


async def test_plain_secrets_reach_the_file_and_never_the_database(bare_house: House) -> None:
    await bare_house.seed(
        Settings(
            shops=(
                shop_setup(
                    api_key=SecretRef.typed("cheie-1"),
                    stock_warehouse=None,
                    price_warehouse=None,
                    webhook_secret=SecretRef.typed("env:MAGAZIE_TEST_HOOK"),
                ),
            )
        )
    )
    house = bare_house
    await house.settings(
        UpdateShop(name="magazin", webhook_secret_previous=SecretRef.typed("veche"))
    )
    house.restart()
    shop = (await house.settings(LoadSettings())).shops["magazin"]

    assert shop.api_key.resolve() == "cheie-1"
    assert shop.webhook_secret_previous.resolve() == "veche"
    assert shop.webhook_secret == SecretRef("env:MAGAZIE_TEST_HOOK")
    await house.storage.backup(house.folder / "copy.db")
    dump = (house.folder / "copy.db").read_bytes()
    assert b"cheie-1" not in dump
    assert b"veche" not in dump
    assert b"env:MAGAZIE_TEST_HOOK" in dump


async def test_a_replaced_secret_is_forgotten_and_others_stay(house: House) -> None:
    one = await house.settings(UpdateShop(name="magazin", api_key=SecretRef.typed("unu")))
    other = await house.settings(UpdateShop(name="outlet", api_key=SecretRef.typed("alt")))
    assert (one.api_key.resolve(), other.api_key.resolve()) == ("unu", "alt")
    two = await house.settings(UpdateShop(name="magazin", api_key=SecretRef.typed("doi")))
    kept = await house.settings(UpdateShop(name="magazin", poll_seconds=9))

    text = (house.folder / "secrets.json").read_text()
    assert "unu" not in text
    assert (two.api_key.resolve(), kept.api_key.resolve()) == ("doi", "doi")
    assert other.api_key.resolve() == "alt"
    assert one.version < two.version

    none = await house.settings(UpdateShop(name="magazin", webhook_secret=SecretRef.typed("hook")))
    assert none.webhook_secret is not None
    gone = await house.settings(UpdateShop(name="magazin", webhook_secret=None))
    assert gone.webhook_secret is None
    assert "hook" not in (house.folder / "secrets.json").read_text()
    assert UpdateShop(name="x").webhook_secret is UNSET


# --- people and tokens -----------------------------------------------------------------


async def test_a_person_is_known_by_the_password(house: House) -> None:
    ana = await house.settings(AddUser("ana", Role.OFFICE, "parola-lunga"))

    assert house.book.user("ana") == ana
    assert "parola" not in ana.password_hash
    assert CHEAP.matches(ana.password_hash, "parola-lunga")
    assert not CHEAP.matches(ana.password_hash, "alta-parola")
    assert not CHEAP.matches(None, "")
    with pytest.raises(NameTakenError):
        await house.settings(AddUser("ana", Role.ADMIN, "parola-lunga"))
    with pytest.raises(FieldsRefusedError, match="8 to 200"):
        await house.settings(AddUser("ion", Role.ADMIN, "scurta"))


async def test_two_equal_passwords_have_different_hashes(house: House) -> None:
    ana = await house.settings(AddUser("ana", Role.OFFICE, "parola-lunga"))
    ion = await house.settings(AddUser("ion", Role.OFFICE, "parola-lunga"))
    assert ana.password_hash != ion.password_hash


async def test_any_change_of_a_person_ends_the_sessions(house: House) -> None:
    ana = await house.settings(AddUser("ana", Role.OFFICE, "parola-lunga"))
    promoted = await house.settings(UpdateUser("ana", role=Role.ADMIN))
    renewed = await house.settings(UpdateUser("ana", password="alta-parola"))
    ended = await house.settings(UpdateUser("ana"))

    assert ana.epoch < promoted.epoch < renewed.epoch < ended.epoch
    assert (ended.role, promoted.password_hash) == (Role.ADMIN, ana.password_hash)
    assert CHEAP.matches(ended.password_hash, "alta-parola")
    with pytest.raises(SettingNotFoundError):
        await house.settings(UpdateUser("nobody"))


async def test_a_person_who_returns_has_none_of_the_old_sessions(house: House) -> None:
    first = await house.settings(AddUser("ana", Role.OFFICE, "parola-lunga"))
    await house.settings(UpdateUser("ana"))
    await house.settings(RemoveUser("ana"))
    assert house.book.user("ana") is None
    with pytest.raises(SettingNotFoundError):
        await house.settings(RemoveUser("ana"))

    house.clock.ms += 2
    second = await house.settings(AddUser("ana", Role.OFFICE, "parola-lunga"))
    assert second.epoch > first.epoch + 1


async def test_a_token_is_shown_once_and_found_by_what_is_presented(house: House) -> None:
    made = await house.settings(AddToken("erp", Role.PICKER))
    known = house.book.token(made.token)

    assert known is not None
    assert (known.name, known.role) == ("erp", Role.PICKER)
    assert house.book.token(made.token + "x") is None
    assert len(made.token) == 43
    assert made.token not in repr(made)
    await house.storage.backup(house.folder / "copy.db")
    assert made.token.encode() not in (house.folder / "copy.db").read_bytes()
    with pytest.raises(NameTakenError):
        await house.settings(AddToken("erp", Role.ADMIN))

    await house.settings(RevokeToken("erp"))
    assert house.book.token(made.token) is None
    with pytest.raises(SettingNotFoundError):
        await house.settings(RevokeToken("erp"))


async def test_warehouses_are_added_and_renamed(house: House) -> None:
    await house.settings(AddWarehouse("nou", "Depozit nou"))
    assert house.book.has_warehouse("nou")
    with pytest.raises(NameTakenError):
        await house.settings(AddWarehouse("nou", "Altul"))
    with pytest.raises(SettingNotFoundError):
        await house.settings(RenameWarehouse("none", "Altul"))
    with pytest.raises(FieldsRefusedError):
        await house.settings(AddWarehouse("a b", "Altul"))
    assert house.book.view.warehouses["nou"] == "Depozit nou"


async def test_messages_with_secrets_show_none(house: House) -> None:
    assert "parola" not in repr(AddUser("ana", Role.ADMIN, "parola-lunga"))
    assert "parola" not in repr(UpdateUser("ana", password="parola-lunga"))


def test_roles_cover_those_below() -> None:
    pairs = {(have, need) for have in Role for need in Role if have.covers(need)}
    assert pairs == {
        (Role.ADMIN, Role.ADMIN),
        (Role.ADMIN, Role.OFFICE),
        (Role.ADMIN, Role.PICKER),
        (Role.OFFICE, Role.OFFICE),
        (Role.OFFICE, Role.PICKER),
        (Role.PICKER, Role.PICKER),
    }


async def test_an_unknown_message_is_a_fault_of_the_program(house: House) -> None:
    with pytest.raises(TypeError):
        await house.directory.ask(SettingsActor, SETTINGS_KEY, object())
