"""What is wrong is told in the language that is asked for, and in both with its code."""

import sqlite3
from typing import Any

from msgspec.structs import replace

from magazie.actors.listing_messages import MarkItem, StoreListing
from magazie.actors.publishing_messages import Ended, NotPublished, PlanBatch
from magazie.actors.settings_book import Role
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.actors.shop_publisher import ShopPublisher
from magazie.model.ids import decode_id, encode_id
from magazie.model.item_problems import ItemProblem, ItemProblemCode
from magazie.model.publish_details import broken_off
from magazie.model.publishing import PublishProblem
from magazie.model.work_troubles import WorkTrouble
from magazie.ports import UndecodableOrder
from magazie.storage import feeds, jobs
from magazie.storage.alerts import raise_alert
from magazie.storage.jobs import JobKind, JobProblem
from tests.http.edges import NOW_MS, Edge
from tests.http.shop_data import shop_product

LISTING = "/api/v1/shops/magazin/listing"
WEIGHT = ItemProblem(ItemProblemCode.NOT_A_NUMBER, {"field": "weight", "value": "greu"})
WEIGHT_RO = "Greutatea: „greu” nu este un număr. Corectați în magazin."
WEIGHT_EN = "The weight: 'greu' is not a number. Correct it in the shop."
FAMILY_RO = (
    "SKU-ul S2 este și codul unei familii de variante: 7."
    " Dați variantei un cod al ei în magazin sau legați articolul de produsul lui."
)
ENGLISH = {"Accept-Language": "en"}


async def wrong(edge: Edge) -> None:
    """One item with a field that could not be read, one that waits for a person."""

    def items(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE listing SET problem = 'doi candidați' WHERE external_id = '3'")

    catalogue = edge.parts.directory
    for number in ("1", "2", "3"):
        problems = (WEIGHT,) if number == "1" else ()
        shown = replace(shop_product(number, f"S{number}", "Ciocan"), problems=problems)
        await catalogue.ask(ShopCatalogue, "magazin", StoreListing((shown,)))
    family = ItemProblem(ItemProblemCode.FAMILY_CODE, {"sku": "S2", "items": "7"})
    await catalogue.ask(ShopCatalogue, "magazin", MarkItem("2", "conflict", family))
    await edge.parts.storage.write(items)


async def asked(edge: Edge, path: str, **headers: str) -> Any:
    return await (await edge.ask("GET", path, role=Role.OFFICE, headers=headers)).json()


async def test_a_listed_item_says_what_is_wrong_with_it(edge: Edge) -> None:
    await wrong(edge)

    first, second, third = (await edge.get(f"{LISTING}?sort=sku"))["items"]
    assert (first["problem"], second["problem"]) == (WEIGHT_RO, FAMILY_RO)
    assert first["explanations"] == [{"code": "not_a_number", "ro": WEIGHT_RO, "en": WEIGHT_EN}]
    assert (third["problem"], third["explanations"][0]["code"]) == ("doi candidați", None)
    english = (await asked(edge, LISTING, **ENGLISH))["items"]
    assert english[0]["problem"] == WEIGHT_EN
    assert (await edge.get(f"{LISTING}?lang=en"))["items"] == english
    whole = await edge.get(f"{LISTING}/1?lang=en")
    assert whole["problems"] == [whole["row"]["problem"]] == [WEIGHT_EN]
    assert whole["explanations"] == first["explanations"]
    assert [it["id"] for it in (await edge.get(f"{LISTING}?has_problem=false"))["items"]] == []


async def test_the_alert_and_the_file_of_the_listing_say_the_same(edge: Edge) -> None:
    await wrong(edge)

    (alert,) = (await edge.get("/api/v1/alerts?kind=import_conflict"))["items"]
    assert FAMILY_RO.startswith(alert["text"])
    for lang, words in (("ro", WEIGHT_RO), ("en", WEIGHT_EN)):
        answer = await edge.ask("GET", f"{LISTING}.csv?lang={lang}", role=Role.OFFICE)
        assert words in (await answer.text()).replace('""', '"')


async def test_a_product_says_what_could_not_be_taken_over(edge: Edge) -> None:
    product = await edge.product("P1")

    def unit(connection: sqlite3.Connection) -> None:
        old = "the shop's price is in EUR with VAT: none was taken"
        kept = f'[{{"code":"not_a_number","values":{{"field":"weight","value":"greu"}}}},"{old}"]'
        connection.execute("UPDATE products SET problems = ?", (kept,))

    await edge.parts.storage.write(unit)

    found: Any = await shown_product(edge, product["id"])
    assert found["ro"]["problems"][0] == WEIGHT_RO
    assert found["en"]["problems"][0] == WEIGHT_EN
    assert found["ro"]["problems"][1].startswith("Prețul din magazin este în EUR")
    codes = [it["code"] for it in found["ro"]["explanations"]]
    assert codes == ["not_a_number", "foreign_currency"]
    assert (await edge.get("/api/v1/products?lang=en"))["items"] == [found["en"]]


async def shown_product(edge: Edge, product: str) -> dict[str, Any]:
    path = f"/api/v1/products/{product}"
    return {language: await edge.get(f"{path}?lang={language}") for language in ("ro", "en")}


async def test_a_publication_says_more(edge: Edge) -> None:
    product = await edge.product("P1", prices={"principal": "10"})
    number = decode_id(product["id"])
    ask = edge.parts.directory.ask
    await ask(ShopPublisher, "magazin", PlanBatch(7, (number,)))
    detail = broken_off(WorkTrouble.SHOP_SILENT, "the answer neither confirms nor refuses")
    end = NotPublished(number, PublishProblem.NOT_SENT, detail)
    await ask(ShopPublisher, "magazin", Ended((end,)))

    ro = (await edge.get("/api/v1/shops/magazin/publications"))["items"][0]
    en = (await edge.get("/api/v1/shops/magazin/publications?lang=en"))["items"][0]
    assert ro["detail"] == ro["explanation"]["ro"] == en["explanation"]["ro"]
    assert ro["detail"].endswith("Detalii tehnice: răspunsul nici nu confirmă, nici nu refuză")
    assert en["detail"] == en["explanation"]["en"]
    assert en["detail"].endswith("Technical details: the answer neither confirms nor refuses")
    assert ro["explanation"]["code"] == "broken_off"
    found = await shown_product(edge, product["id"])
    assert found["ro"]["publications"][0]["detail"] == ro["detail"]
    assert found["en"]["publications"][0]["detail"] == en["detail"]


async def test_a_job_says_why_it_broke_off(edge: Edge) -> None:
    problems = [
        JobProblem("magazin", "the list of order statuses is empty", WorkTrouble.SHOP_UNREADABLE),
        JobProblem("magazin", "HTTP 500"),
    ]

    def unit(connection: sqlite3.Connection) -> int:
        job, _ = jobs.start(connection, JobKind.SYNC, "magazin", "{}", NOW_MS)
        jobs.advance(connection, job.id, done=0, total=1, problems=problems, now_ms=NOW_MS)
        return job.id

    job_id = encode_id(await edge.parts.storage.write(unit))
    ro = await asked(edge, f"/api/v1/jobs/{job_id}")
    en = await asked(edge, f"/api/v1/jobs/{job_id}", **ENGLISH)

    told, old = ro["problems"]
    assert told["code"] == "shop_unreadable"
    assert told["message"] == told["ro"] == en["problems"][0]["ro"]
    assert told["ro"].endswith("Detalii tehnice: lista stărilor comenzilor este goală")
    assert en["problems"][0]["message"] == told["en"]
    assert old == {
        "subject": "magazin",
        "message": "HTTP 500",
        "code": None,
        "ro": "HTTP 500",
        "en": "HTTP 500",
    }
    assert (await asked(edge, "/api/v1/jobs?lang=en"))["items"] == [en]


async def test_a_result_says_why_an_item_or_a_product_was_left(edge: Edge) -> None:
    imported = (
        '{"left":1,"rows":[{"external_id":"1","reason":"nameless",'
        '"why":"It has neither a usable code nor a name."}]}'
    )
    switched = '{"done":0,"left":[{"product":"x","message":"no such product"}]}'

    def unit(connection: sqlite3.Connection) -> None:
        for kind, result in ((JobKind.IMPORT, imported), (JobKind.SYNC_SWITCHES, switched)):
            job, _ = jobs.start(connection, kind, "magazin", "{}", NOW_MS)
            jobs.finish(connection, job.id, result=result, now_ms=NOW_MS)

    await edge.parts.storage.write(unit)
    for lang in ("ro", "en"):
        left, rows = (
            job["result"] for job in (await asked(edge, f"/api/v1/jobs?lang={lang}"))["items"]
        )
        (row,) = rows["rows"]
        assert row["why"] == row[lang]
        assert row["ro"] == "Nu are nici cod de folosit, nici nume."
        assert row["en"] == "It has neither a usable code nor a name."
        (product,) = left["left"]
        assert product["message"] == product[lang]
        assert (product["ro"], product["en"]) == ("nu există acest produs", "no such product")


async def test_an_order_that_is_not_understood_says_why(edge: Edge) -> None:
    odd = UndecodableOrder("7", b"{}", "total: 'x' is not a number", ("1",))

    def unit(connection: sqlite3.Connection) -> None:
        feeds.list_undecodable(connection, "magazin", "7", odd, b"x" * 16, NOW_MS)
        facts = {"problem": odd.problem}
        raise_alert(connection, "undecodable_order", "magazin/7", facts, NOW_MS)

    await edge.parts.storage.write(unit)
    path = "/api/v1/shops/magazin/orders/untaken"
    for lang, words in (("ro", "total: 'x' nu este un număr"), ("en", odd.problem)):
        (row,) = (await asked(edge, f"{path}?lang={lang}"))["items"]
        (alert,) = (await asked(edge, f"/api/v1/alerts?lang={lang}&state=open"))["items"]
        assert row["problem"] == alert["text"] == words
