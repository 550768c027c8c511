import json
from pathlib import Path

import pytest

from magazie.commands import local_service
from tests.cli.conftest import Start
from tests.cli.processes import ask, run


def add_user(folder: Path, name: str, password: str, role: str = "office") -> str:
    ended = run(
        folder, "user", "add", name, "--role", role, "--password-stdin", stdin=f"{password}\n"
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def add_token(folder: Path, name: str, role: str) -> str:
    ended = run(folder, "token", "add", name, "--role", role)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split()[-1]


def local_token(folder: Path) -> str:
    token: str = json.loads((folder / "data" / "local.json").read_text())["token"]
    return token


def test_people_and_tokens_before_the_first_start(folder: Path, start: Start) -> None:
    assert add_user(folder, "ana", "parola-anei") == "added ana, office\n"
    token = add_token(folder, "labels", "picker")

    service = start("serve").ready()

    assert ask(f"{service.url}/api/v1/shops", token)[0] == 200
    assert ask(f"{service.url}/api/v1/users", token)[0] == 403
    login = {"name": "ana", "password": "parola-anei"}
    assert ask(f"{service.url}/login", body=login)[0] in {200, 204}


def test_people_and_tokens_while_the_service_runs(folder: Path, start: Start) -> None:
    service = start("serve").ready()

    assert add_user(folder, "ion", "parola-lui-ion", "admin") == "added ion, admin\n"
    token = add_token(folder, "reports", "admin")

    status, users = ask(f"{service.url}/api/v1/users", token)
    assert status == 200
    assert [(user["name"], user["role"]) for user in users["items"]] == [("ion", "admin")]
    login = {"name": "ion", "password": "parola-lui-ion"}
    assert ask(f"{service.url}/login", body=login)[0] in {200, 204}
    _, tokens = ask(f"{service.url}/api/v1/tokens", token)
    assert [it["name"] for it in tokens["items"]] == ["reports"]


def test_a_command_waits_for_a_service_that_is_starting(folder: Path, start: Start) -> None:
    service = start("serve")
    token = add_token(folder, "early", "admin")
    service.ready()

    assert ask(f"{service.url}/api/v1/tokens", token)[0] == 200


@pytest.mark.parametrize("is_running", [False, True])
def test_refusals_say_why(folder: Path, start: Start, *, is_running: bool) -> None:
    if is_running:
        start("serve").ready()
    add_user(folder, "ana", "parola-anei")
    add_token(folder, "labels", "picker")

    taken = run(
        folder, "user", "add", "ana", "--role", "admin", "--password-stdin", stdin="another-one\n"
    )
    short = run(folder, "user", "add", "dan", "--role", "admin", "--password-stdin", stdin="x\n")
    twice = run(folder, "token", "add", "labels", "--role", "admin")

    assert [ended.returncode for ended in (taken, short, twice)] == [1, 1, 1]
    assert "'ana' is taken" in taken.stderr
    assert "password" in short.stderr
    assert "'labels' is taken" in twice.stderr
    assert [ended.stdout for ended in (taken, short, twice)] == ["", "", ""]


def test_without_a_terminal_the_password_must_come_by_standard_input(folder: Path) -> None:
    ended = run(folder, "user", "add", "ana", "--role", "admin")

    assert ended.returncode == 2
    assert "--password-stdin" in ended.stderr


def test_an_unknown_role_is_refused(folder: Path) -> None:
    ended = run(folder, "token", "add", "x", "--role", "owner")

    assert ended.returncode == 2
    assert "admin" in ended.stderr


def test_a_holder_that_does_not_answer_is_named(
    folder: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_service, "STARTS_WITHIN_S", 0.5)
    service = start("serve").ready()
    # what a service leaves that listens no more
    (folder / "data" / "local.json").write_text('{"url": "http://127.0.0.1:1", "token": "x"}')

    ended = run(folder, "token", "add", "x", "--role", "admin")

    assert ended.returncode == 1
    assert f"in use by process {service.pid}, which does not answer" in ended.stderr
