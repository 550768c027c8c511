import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from magazie.secret_refs import SecretFormError, SecretRef, SecretUnreadableError
from magazie.setting_rules import DEFAULT_STATUS_MAP
from magazie.settings import Settings, SettingsError, parse_settings, read_settings
from magazie.storage.secret_file import SecretFile, SecretFileError

WHOLE = """
[service]
listen = "127.0.0.1:8080"
data_dir = "var/magazie"
public_url = "https://erp.exemplu.ro"
language = "ro"
[company]
name = "Exemplu SRL"
tax_id = "RO123"
vat_payer = true
[[warehouses]]
code = "principal"
name = "Depozit"
[[shops]]
name = "magazin"
kind = "gomag"
base_url = "https://api.gomag.ro/"
shop_url = "https://www.exemplu.ro"
api_key = "env:MAGAZIE_TEST_KEY"
webhook_secret = "parola-in-clar"
stock_warehouse = "principal"
orders_from = "2026-01-01"
flush_seconds = 60
status_map = { taken = "Preluata", picked = "Pregatita" }
[[couriers]]
name = "fan"
username = "u"
[messages]
sms = { kind = "smso" }
"""


def error_of(text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, Path("magazie.toml"))
    return caught.value


def test_the_whole_file_is_read() -> None:
    settings = parse_settings(WHOLE)
    (shop,) = settings.shops

    assert settings.service.address == ("127.0.0.1", 8080)
    assert settings.company is not None
    assert settings.company.name == "Exemplu SRL"
    assert [(place.code, place.name) for place in settings.warehouses] == [("principal", "Depozit")]
    assert (shop.name, shop.base_url) == ("magazin", "https://api.gomag.ro")
    assert (shop.stock_warehouse, shop.price_warehouse) == ("principal", None)
    assert (shop.flush_seconds, shop.poll_seconds) == (60, 60)
    assert settings.couriers == ({"name": "fan", "username": "u"},)
    assert settings.messages == {"sms": {"kind": "smso"}}


def test_a_day_begins_in_romania_and_may_be_written_in_three_ways() -> None:
    expected = int(datetime(2025, 12, 31, 22, tzinfo=UTC).timestamp() * 1000)
    for written in ("2026-01-01", '"2026-01-01"', '"2026-01-01T00:00:00+02:00"'):
        text = WHOLE.replace('orders_from = "2026-01-01"', f"orders_from = {written}")
        assert parse_settings(text).shops[0].orders_from_ms == expected


def test_status_names_not_given_keep_their_default() -> None:
    assert parse_settings(WHOLE).shops[0].status_map == {
        **DEFAULT_STATUS_MAP,
        "taken": "Preluata",
        "picked": "Pregatita",
    }


def test_the_default_file_may_be_absent_and_a_named_one_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings() == Settings()
    with pytest.raises(SettingsError, match="no such file"):
        read_settings(tmp_path / "other.toml")
    (tmp_path / "magazie.toml").write_text('[service]\nlanguage = "en"\n')
    assert read_settings().service.language == "en"


@pytest.mark.parametrize(
    ("was", "becomes", "key", "problem", "allowed"),
    [
        ('language = "ro"', 'languag = "ro"', "service.languag", "is not a setting", "listen, "),
        ('language = "ro"', 'language = "de"', "service.language", "'de' is not known", "ro, en"),
        ('"127.0.0.1:8080"', '"8080"', "service.listen", "no host and port", "127.0.0.1:8080"),
        ('"127.0.0.1:8080"', '"a:70000"', "service.listen", "no host and port", "127.0.0.1:8080"),
        ('language = "ro"', 'tls_cert = "c"', "service.tls_key", "is missing", "together"),
        ("vat_payer = true", 'vat_payer = "da"', "company.vat_payer", "is a text", "true or false"),
        ('code = "principal"', 'code = "a b"', "warehouses[0].code", "cannot stand", "letters"),
        ('code = "principal"\n', "", "warehouses[0].code", "is missing", ""),
        ('"https://api.gomag.ro/"', '"api.gomag.ro"', "shops[0].base_url", "no address", "https"),
        ('"https://api.gomag.ro/"', '"ftp://x"', "shops[0].base_url", "no address", "https"),
        ('"https://api.gomag.ro/"', '"https://u@x"', "shops[0].base_url", "no address", "https"),
        ('kind = "gomag"', 'kind = "woo"', "shops[0].kind", "'woo' is not known", "gomag"),
        ('se = "principal"', 'se = "x"', "shops[0].stock_warehouse", "no warehouse 'x'", "princip"),
        ('"2026-01-01"', '"2026-02-30"', "shops[0].orders_from", "neither a day", "2026-01-01"),
        ('"2026-01-01"', "7", "shops[0].orders_from", "neither a day", "2026-01-01"),
        ("= 60", "= 0", "shops[0].flush_seconds", "out of range", "1 to 3600"),
        ("= 60", '= "60"', "shops[0].flush_seconds", "is a text in quotes", "a whole number"),
        ("= 60", "= 60.5", "shops[0].flush_seconds", "is a number", "a whole number"),
        ("taken = ", "preluat = ", "shops[0].status_map", "'preluat'", "taken, part_picked"),
        ('"env:MAGAZIE_TEST_KEY"', '""', "shops[0].api_key", "is empty", ""),
        ('"env:MAGAZIE_TEST_KEY"', '"env:"', "shops[0].api_key", "no environment variable", ""),
        ('"env:MAGAZIE_TEST_KEY"', '"kept:x"', "shops[0].api_key", "kept:", ""),
        ('"env:MAGAZIE_TEST_KEY"', "5", "shops[0].api_key", "is a whole number", "a text"),
        ("[[couriers]]", "[couriers]", "couriers", "is a table", "a list"),
        ('{ kind = "smso" }', "1", "messages[...]", "is a whole number", "a table"),
        ("[company]", "[firma]\n[company]", "firma", "is not a setting", "service, company"),
        ("[company]", "[company", "", "is not TOML", ""),
    ],
)
def test_every_mistake_is_named(
    was: str, becomes: str, key: str, problem: str, allowed: str
) -> None:
    assert was in WHOLE
    error = error_of(WHOLE.replace(was, becomes))

    assert (error.file, error.key) == (Path("magazie.toml"), key)
    assert problem in error.problem
    assert allowed in error.allowed
    assert str(error).startswith(f"magazie.toml: {key}" if key else "magazie.toml: ")


@pytest.mark.parametrize("table", ["warehouses", "shops"])
def test_a_name_stands_once(table: str) -> None:
    entry = WHOLE[WHOLE.index(f"[[{table}]]") :]
    entry = entry[: entry.index("[[", 2)]
    error = error_of(WHOLE + entry)

    assert error.key.startswith(f"{table}[1].")
    assert "is taken by" in error.problem


def test_a_secret_is_shown_nowhere() -> None:
    settings = parse_settings(WHOLE)

    assert settings.shops[0].webhook_secret is not None
    assert settings.shops[0].webhook_secret.resolve() == "parola-in-clar"
    assert "parola-in-clar" not in repr(settings)
    assert "parola-in-clar" not in str(error_of(WHOLE.replace("= 60", "= 0")))


def test_references_are_read_where_they_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_env, path = SecretRef.typed("env:MAGAZIE_TEST_KEY"), tmp_path / "key"
    from_file = SecretRef.typed(f"file:{path}")
    monkeypatch.delenv("MAGAZIE_TEST_KEY", raising=False)
    for missing in (from_env, from_file):
        with pytest.raises(SecretUnreadableError):
            missing.resolve()

    monkeypatch.setenv("MAGAZIE_TEST_KEY", "first")
    path.write_text("second\r\n")
    assert (from_env.resolve(), from_file.resolve()) == ("first", "second")
    assert from_env.reference == "env:MAGAZIE_TEST_KEY"
    with pytest.raises(SecretFormError):
        _ = SecretRef.typed("clear").reference


def test_kept_secrets_are_in_a_file_for_the_owner_alone(tmp_path: Path) -> None:
    secrets = SecretFile.open(tmp_path)
    secrets.keep({"a": "1"})
    secrets.keep({"b": "2"})
    (file,) = tmp_path.iterdir()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SecretRef.kept("b", SecretFile.open(tmp_path)).resolve() == "2"
    secrets.keep_only({"b"})
    assert SecretFile.open(tmp_path).find("a") is None
    assert SecretFile.open(tmp_path).find("b") == "2"


def test_a_damaged_file_of_secrets_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"a": "parola')
    with pytest.raises(SecretFileError) as caught:
        SecretFile.open(tmp_path)
    assert "parola" not in str(caught.value)
    assert caught.value.__suppress_context__


def with_images_from(address: str, base_url: str) -> str:
    text = WHOLE.replace('"https://api.gomag.ro/"', f'"{base_url}"')
    return text.replace('language = "ro"', f'language = "ro"\nimages_from = "{address}"')


def test_images_may_come_from_a_simulated_shop_of_the_file() -> None:
    text = with_images_from("http://127.0.0.1:9000", "http://127.0.0.1:9000/")
    assert parse_settings(text).service.images_from == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("address", "base_url"),
    [
        ("http://127.0.0.1:9000", "https://api.gomag.ro"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9001"),
        ("http://10.0.0.5:9000", "http://10.0.0.5:9000"),
        ("https://api.gomag.ro", "https://api.gomag.ro"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://127.0.0.1:9000/a", "http://127.0.0.1:9000/a"),
        ("https://127.0.0.1:9000", "https://127.0.0.1:9000"),
    ],
)
def test_no_other_inside_address_is_opened_to_images(address: str, base_url: str) -> None:
    error = error_of(with_images_from(address, base_url))
    assert error.key == "service.images_from"
    assert "no simulated shop" in error.problem
