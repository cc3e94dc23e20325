"""A new machine behind an OPC UA server, by the steps of docs/commissioning.md, while the plant runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from app.boards.signals import decode_states
from app.plantyaml import load_plant
from app.streams.boards import RedisBoards
from tests.cli.conftest import ROOT
from tests.gateways.listening import wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.opcua.server import Plc

pytestmark = [pytest.mark.redis, pytest.mark.slow]
LINE = "home/hall/line-9"
NODES = {
    "Press1/Status/StateCurrent": 6, "Press1/Admin/ProdProcessedCount": 100, "Press1/Admin/ProdDefectiveCount": 1,
    "Press1/Oil_Temp": 41.5,
}  # fmt: skip
TEMPLATE = """version: 1
templates:
  press:
    stale_after: 90s
    signals:
      good: {owner: production, counter: {kind: cumulative, of: good}}
      bad: {owner: production, counter: {kind: cumulative, of: reject}}
      oil_temp: {unit: degC, owner: maintenance, range: [5, 90], every: 1min}
"""


@contextmanager
def running(environ: dict[str, str], log: Path, *command: str) -> Iterator[subprocess.Popen]:
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=out, stderr=out)
        yield process
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_a_new_machine_is_found_mapped_watched_and_signed_off(valkey_server, valkey, tmp_path: Path) -> None:
    folder = tmp_path / "plant"
    folder.mkdir()
    shutil.copy(ROOT / "plants" / "minimal.yaml", folder / "plant.yaml")
    (folder / "presses.yaml").write_text(TEMPLATE, encoding="utf-8")
    environ = {
        **os.environ, "REDIS_URL": valkey_server.url, "LINESIDE_PLANT": str(folder),
        "LINESIDE_DATA": str(tmp_path / "data"),
    }  # fmt: skip

    def verb(*words: str) -> str:
        command = [sys.executable, "-m", "app", *words]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def how() -> dict[str, str]:
        raw = RedisBoards(valkey).signals(LINE)
        return {} if raw is None else {state.signal: state.how for state in decode_states(raw).signals}

    with Plc(free_port(), dict(NODES)) as plc, ExitStack() as stack:
        stack.enter_context(running(environ, tmp_path / "engine.log", "app", "engine"))
        table = tmp_path / "line.csv"
        table.write_text("machine,template,cycle,oil_temp\npress-1,press,900/h,\n", encoding="utf-8")
        verb("onboard", "table", str(folder), str(table), "--line", LINE, "--source", f"plc-1,opcua,{plc.url}")
        told = verb("onboard", "suggest", str(folder), "plc-1", "--write")
        assert "1 address(es) written" in told
        assert "oil_temp: Press1/Oil_Temp" in told
        assert "Prod" not in told, "PackML counts are known, and processed units are not good ones"
        assert "fine" in verb("check", str(folder))
        stack.enter_context(running(environ, tmp_path / "gateway.log", "gateways", str(folder)))
        wait_for(lambda: set(how().values()) == {"fine"}, f"{how()} {(tmp_path / 'gateway.log').read_text()}")
        verb("onboard", "sign", str(folder), "press-1", "--by", "ada")
    (press,) = load_plant(folder).line(LINE).machines
    assert not press.commissioning
    assert press.counts_since is not None, "hours before it was signed stay outside the totals"
