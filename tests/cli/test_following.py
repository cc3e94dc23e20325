"""A running process takes a changed plant file by itself, once it is right; who signed what can be read afterwards."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.historian.database import open_database
from app.historian.plants import PlantVersions
from app.plantyaml import load_plant
from tests.cli.conftest import ROOT
from tests.gateways.listening import wait_for
from tests.gateways.modbus.server import free_port

pytestmark = [pytest.mark.redis, pytest.mark.slow]


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    found = tmp_path / "plant.yaml"
    shutil.copy(ROOT / "plants" / "minimal.yaml", found)
    return found


@pytest.fixture
def environ(valkey_server, valkey, plant: Path, tmp_path: Path) -> dict[str, str]:
    own = {"REDIS_URL": valkey_server.url, "LINESIDE_PLANT": str(plant), "LINESIDE_DATA": str(tmp_path / "data")}
    return {**os.environ, **own}


@pytest.fixture
def historian(environ, tmp_path: Path) -> Iterator[subprocess.Popen]:
    with (tmp_path / "log").open("w") as out:
        command = [sys.executable, "-m", "app", "historian"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out)
        yield process
        process.kill()
        process.wait()


def verb(environ, *words: str) -> str:
    found = subprocess.run([sys.executable, "-m", "app", *words], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    return found.stdout


def known(tmp_path: Path) -> Callable[[], list[str]]:
    """Versions in use, newest first."""

    def versions() -> list[str]:
        database = open_database(None, tmp_path / "data")
        try:
            return [found.version for found in PlantVersions(database).newest(10)]
        except Exception:  # noqa: BLE001 (the tables are still being made)
            return []
        finally:
            database.dispose()

    return versions


def test_a_change_is_taken_without_a_restart_and_a_wrong_one_is_not(historian, environ, plant, tmp_path) -> None:
    versions, first, log = known(tmp_path), load_plant(plant).version, tmp_path / "log"
    wait_for(lambda: versions() == [first], "the first plant is not kept")
    text = plant.read_text()
    plant.write_text(text.replace("machines:", "machine:"))
    wait_for(lambda: "is wrong: the one before stays in use" in log.read_text(), "the mistake is not said")
    assert historian.poll() is None
    plant.write_text(text.replace("minor_stop: 120s", "minor_stop: 60s"))
    second = load_plant(plant).version
    assert second != first
    wait_for(lambda: versions() == [second, first], "the change is not taken")
    assert historian.poll() is None
    verb(environ, "plant", "sign", "--by", "ada", "--note", "as measured")
    assert verb(environ, "plant", "versions").splitlines()[0].endswith("ada\tas measured")
    assert "minor_stop: 120s -> 60s" in verb(environ, "plant", "diff")
    historian.send_signal(signal.SIGTERM)
    assert historian.wait(20) == 0


def test_the_screens_take_a_changed_plant_and_go_on_answering(environ, plant, tmp_path) -> None:
    port, log = free_port(), tmp_path / "web.log"
    with log.open("w") as out:
        command = [sys.executable, "-m", "app", "web"]
        process = subprocess.Popen(command, cwd=ROOT, env={**environ, "PORT": str(port)}, stdout=out, stderr=out)
    try:
        wait_for(lambda: log.read_text().count("web answers") == 1, "the screens never came")
        plant.write_text(plant.read_text().replace("minor_stop: 120s", "minor_stop: 60s"))
        wait_for(lambda: log.read_text().count("web answers") == 2, "the screens did not come again")
        assert process.poll() is None
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
