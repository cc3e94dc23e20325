"""`plants/protocols.yaml` as its head says: simulators, gateways, and each line heard through its own protocol."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from app.domain.events import streams
from app.plantyaml import load_plant
from tests.cli.conftest import ROOT
from tests.gateways.conftest import a_broker  # noqa: F401 (a fixture)
from tests.gateways.listening import wait_for
from tests.gateways.modbus.server import free_port

pytestmark = [pytest.mark.redis, pytest.mark.slow]
PROTOCOLS = ("opcua", "modbus", "mtconnect", "sparkplug")


@contextmanager
def running(environ: dict[str, str], log: Path, *command: str) -> Iterator[subprocess.Popen]:
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_every_line_is_heard_through_its_protocol(valkey_server, valkey, a_broker, tmp_path: Path) -> None:  # noqa: F811
    text = (
        (ROOT / "plants" / "protocols.yaml")
        .read_text(encoding="utf-8")
        .replace("mqtt://127.0.0.1:1883", a_broker().url)
    )
    text = re.sub(r"127\.0\.0\.1:1[45]\d{3}", lambda _: f"127.0.0.1:{free_port()}", text)
    plant_file = tmp_path / "plant.yaml"
    plant_file.write_text(text, encoding="utf-8")
    environ = {**os.environ, "REDIS_URL": valkey_server.url, "LINESIDE_DATA": str(tmp_path / "data")}
    lines = {line.path: source.id for line in load_plant(plant_file).lines()
             for source in load_plant(plant_file).sources if line.machines[0].path in source.machines}  # fmt: skip

    def heard() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for line, source in lines.items():
            events = [json.loads(fields[b"e"]) for _, fields in valkey.xrange(streams.events(line))]
            found[line] = {e["kind"] for e in events if e["source"] == source}
        return found

    with ExitStack() as stack:
        speaks = [word for protocol in PROTOCOLS for word in ("--as", protocol)]
        stack.enter_context(running(environ, tmp_path / "sim.log", "simulators", str(plant_file), *speaks))
        stack.enter_context(running(environ, tmp_path / "gw.log", "gateways", str(plant_file)))
        wait_for(lambda: all({"state", "value"} <= kinds for kinds in heard().values()), f"{tmp_path}")
    assert "Traceback" not in (tmp_path / "sim.log").read_text()
    assert "Traceback" not in (tmp_path / "gw.log").read_text()
