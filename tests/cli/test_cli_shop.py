from pathlib import Path

import pytest

from tests.cli.conftest import Start
from tests.cli.processes import CONFIG, SHOP, ask, run
from tests.cli.test_cli_access import local_token

PRODUCTS = 12


@pytest.fixture
def shop(folder: Path, start: Start) -> str:
    """A simulated shop, named in the settings file."""
    url = start("simulate", "gomag", "--port", "0", "--products", str(PRODUCTS)).ready().url
    (folder / "magazie.toml").write_text(CONFIG + SHOP.format(url=url))
    return url


@pytest.mark.usefixtures("shop")
def test_catalogue_work_without_a_service(folder: Path, start: Start) -> None:
    listed = run(folder, "shop", "sync", "magazin")
    tried = run(folder, "shop", "import", "magazin", "--dry-run")
    done = run(folder, "shop", "import", "magazin")

    assert listed.returncode == 0, listed.stderr
    assert "items listed" in listed.stdout
    assert tried.returncode == 0, tried.stderr
    assert "would be done" in tried.stdout
    assert done.returncode == 0, done.stderr
    assert "created" in done.stdout
    service = start("serve").ready()
    _, products = ask(f"{service.url}/api/v1/products", local_token(folder))
    assert len(products["items"]) == PRODUCTS


@pytest.mark.usefixtures("shop")
def test_catalogue_work_through_the_service(folder: Path, start: Start) -> None:
    service = start("serve").ready()

    tried = run(folder, "shop", "import", "magazin", "--dry-run")
    _, before = ask(f"{service.url}/api/v1/products", local_token(folder))
    done = run(folder, "shop", "import", "magazin")
    _, after = ask(f"{service.url}/api/v1/products", local_token(folder))

    assert tried.returncode == 0, tried.stderr
    assert "would be done" in tried.stdout
    assert before["items"] == []
    assert done.returncode == 0, done.stderr
    assert len(after["items"]) == PRODUCTS


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("is_running", [False, True])
def test_an_unknown_shop_is_refused(folder: Path, start: Start, *, is_running: bool) -> None:
    if is_running:
        start("serve").ready()

    ended = run(folder, "shop", "sync", "other")

    assert ended.returncode == 1
    assert "shop" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_failed_job_says_why_and_fails_the_command(folder: Path) -> None:
    (folder / "magazie.toml").write_text(CONFIG + SHOP.format(url="http://127.0.0.1:1"))

    ended = run(folder, "shop", "sync", "magazin")

    assert ended.returncode == 1
    assert "The sync is failed" in ended.stderr
    assert "magazin: " in ended.stderr
