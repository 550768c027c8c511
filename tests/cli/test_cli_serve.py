import json
import os
import signal
import socket
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Start
from tests.cli.processes import CONFIG, SHOP, ask, run


def test_it_is_ready_serves_and_ends_cleanly(folder: Path, start: Start) -> None:
    service = start("serve").ready()

    assert service.printed.decode() == f"ready {service.url}\n"
    assert service.url.startswith("http://127.0.0.1:")
    assert ask(f"{service.url}/healthz") == (200, {"status": "ok"})

    began = time.monotonic()
    assert service.end() == 0
    assert time.monotonic() - began < 10
    log = [json.loads(line) for line in service.log().splitlines()]
    assert [line["event"] for line in log][-1] == "stopped"
    # the last commits are in the database itself, not in its log
    assert not (folder / "data" / "magazie.db-wal").exists()


def test_the_local_token_is_the_owners_and_ends_with_the_service(
    folder: Path, start: Start
) -> None:
    service = start("serve").ready()
    file = folder / "data" / "local.json"
    access = json.loads(file.read_text())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert access["url"] == service.url
    assert ask(f"{service.url}/api/v1/tokens", access["token"]) == (
        200,
        {"items": [], "next": None},
    )
    assert access["token"] not in service.log()

    service.end()
    assert not file.exists()
    again = start("serve").ready()
    assert ask(f"{again.url}/api/v1/tokens", access["token"])[0] == 401


def test_the_books_are_the_owners_alone(folder: Path, start: Start) -> None:
    start("serve").ready().end()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder / "data").iterdir()}
    assert modes["magazie.db"] == 0o600
    assert all(mode & 0o077 == 0 for mode in modes.values())


def test_a_second_process_is_refused_with_the_first_ones_id(folder: Path, start: Start) -> None:
    service = start("serve").ready()

    second = run(folder, "serve")

    assert second.returncode == 1
    assert f"in use by process {service.pid}" in second.stderr
    assert second.stdout == ""
    # at the very same address too, the folder is what it is told of
    port = service.url.rpartition(":")[2]
    (folder / "magazie.toml").write_text(CONFIG.replace(":0", f":{port}"))
    assert f"in use by process {service.pid}" in run(folder, "serve").stderr


def test_a_killed_service_leaves_nothing_in_the_way(folder: Path, start: Start) -> None:
    start("serve").ready().end(signal.SIGKILL)
    assert (folder / "data" / "local.json").exists()

    made = run(folder, "token", "add", "labels", "--role", "picker")
    assert made.returncode == 0, made.stderr

    service = start("serve").ready()
    assert ask(f"{service.url}/api/v1/shops", made.stdout.split()[-1])[0] == 200
    assert service.end() == 0


def test_over_tls_commands_find_it_whatever_its_certificate_is_for(
    folder: Path, start: Start
) -> None:
    """The certificate is one of erp.example.ro, signed by itself; its key guards nothing."""
    tls = Path(os.path.relpath(Path(__file__).parent / "tls", folder))
    pair = f'tls_cert = "{tls / "cert.pem"}"\ntls_key = "{tls / "key.pem"}"'
    (folder / "magazie.toml").write_text(CONFIG.replace('"data"', f'"data"\n{pair}'))
    service = start("serve").ready()

    made = run(folder, "token", "add", "x", "--role", "admin")
    named = json.loads((folder / "data" / "local.json").read_text())["certificate"]

    assert Path(named).is_absolute(), "a command may be at work in another folder"
    assert service.url.startswith("https://127.0.0.1:")
    assert made.returncode == 0, made.stderr
    assert service.end() == 0


def test_ctrl_c_ends_it_cleanly_too(folder: Path, start: Start) -> None:
    assert start("serve").ready().end(signal.SIGINT) == 0


def test_a_shop_that_hangs_does_not_keep_it_from_ending(folder: Path, start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (folder / "magazie.toml").write_text(CONFIG + SHOP.format(url=url))
        service = start("serve").ready()
        silent.settimeout(10)
        with closing(silent.accept()[0]):
            assert service.end() == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[service]\nport = 80", ["magazie.toml: service.port", "is not a setting", "listen"]),
        ('[service]\nlisten = "here"', ["service.listen", "'here'", "such as 127.0.0.1:8080"]),
        ('[service]\nlog_level = "loud"', ["service.log_level", "'loud'", "debug, info"]),
        ('[service]\ntls_cert = "a"\ntls_key = "b"', ["service.tls_cert", "no readable file a"]),
        ("[service", ["magazie.toml", "is not TOML"]),
        ('[[shops]]\nname = "x"', ["shops[0].base_url", "is missing"]),
    ],
)
def test_a_wrong_setting_is_explained(tmp_path: Path, text: str, told: list[str]) -> None:
    (tmp_path / "magazie.toml").write_text(text)

    ended = run(tmp_path, "serve")

    assert ended.returncode == 2
    assert [part for part in told if part not in ended.stderr] == []
    assert "Traceback" not in ended.stderr


def test_a_settings_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    ended = run(tmp_path, "serve", "--config", "other.toml")

    assert ended.returncode == 2
    assert "other.toml: there is no such file" in ended.stderr


def test_a_newer_database_is_refused_and_left_alone(folder: Path, start: Start) -> None:
    start("serve").ready().end()
    database = folder / "data" / "magazie.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, 'later', 'x')")
    before = database.read_bytes()

    ended = run(folder, "serve")

    assert ended.returncode == 1
    assert "version 9999" in ended.stderr
    assert "Start the newer program" in ended.stderr
    assert database.read_bytes() == before


def test_an_address_in_use_is_explained(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (folder / "magazie.toml").write_text(CONFIG.replace(":0", f":{port}"))

        ended = run(folder, "serve")

    assert ended.returncode == 1
    assert f"Port {port} of 127.0.0.1 is in use" in ended.stderr


def test_an_address_of_another_machine_is_explained(folder: Path) -> None:
    (folder / "magazie.toml").write_text(CONFIG.replace("127.0.0.1:0", "192.0.2.1:8080"))

    ended = run(folder, "serve")

    assert ended.returncode == 1
    assert "This machine has no address 192.0.2.1" in ended.stderr


def test_the_log_names_fields_and_no_secret(folder: Path, start: Start) -> None:
    (folder / "magazie.toml").write_text(
        CONFIG.replace('data_dir = "data"', 'data_dir = "data"\nlog_level = "debug"')
        + SHOP.format(url="http://127.0.0.1:1")
    )
    service = start("serve").ready()
    ask(f"{service.url}/webhooks/gomag/magazin?secret=tell-nobody", body={})
    ask(f"{service.url}/api/v1/orders", "wrong-token-tell-nobody")
    ends_at = time.monotonic() + 10
    while "order_read_failed" not in service.log() and time.monotonic() < ends_at:
        time.sleep(0.05)
    service.end()

    log = service.log()
    lines = [json.loads(line) for line in log.splitlines()]
    assert "tell-nobody" not in log
    assert "demo-cheie-gomag" not in log
    assert all({"event", "level", "logger", "at"} <= line.keys() for line in lines)
    refused = [line for line in lines if line.get("path") == "/api/v1/orders"]
    assert [line["status"] for line in refused] == [401]
    assert "request_id" in refused[0]
    unread = [line for line in lines if line["event"] == "order_read_failed"]
    assert unread
    assert unread[0]["shop"] == "magazin"
