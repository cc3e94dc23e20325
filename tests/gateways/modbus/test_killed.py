"""What a machine counts while its gateway is dead is in the next reading; a restart of ours is no production."""

from pathlib import Path

import pytest

from app.domain.accounting.counters import counter_rules
from app.domain.events.contract import Counted, Measured
from app.domain.events.totals import Totals
from app.plantyaml import load_plant
from app.streams.connection import client_of
from tests.gateways.listening import wait_for
from tests.gateways.modbus.server import Server
from tests.gateways.sparkplug import plant as line
from tests.gateways.test_process import Process, on_stream

pytestmark = [pytest.mark.redis, pytest.mark.slow]
TOTAL = 100


def a_text(port: int) -> str:
    head, _, _ = line.text("").replace("modulus: 4294967296", "modulus: 65536").partition("sources:\n")
    at = f"  - {{id: plc, gateway: modbus, url: 'modbus://127.0.0.1:{port}', machines: [filler], poll: 20ms,"
    return f"{head}sources:\n{at} mapping: {{filler: {{signals: {{good_total: holding/40101}}}}}}}}\n"


def test_what_was_counted_while_the_gateway_was_dead_counts_once(valkey_server, tmp_path: Path) -> None:
    client, file = client_of(valkey_server.url), tmp_path / "plant.yaml"
    client.flushall()

    def readings() -> list[Measured]:
        return [e for e in on_stream(client) if isinstance(e, Measured)]

    with Server({TOTAL: [65_000]}, [False]) as server:
        file.write_text(a_text(server.port))
        for total in (65_000, 65_400, 200, 200, 210):  # in between it rolls over, stands still, goes on
            server.set(TOTAL, [total])
            gateway, before = Process(file, valkey_server.url), len(readings())
            wait_for(lambda n=before: len(readings()) > n, "the gateway never spoke")
            gateway.kill()
    totals = Totals(counter_rules(next(load_plant(file).lines())))
    counts = [totals.convert(e)[0] for e in readings()]
    assert sum(c.good for c in counts if isinstance(c, Counted)) == 400 + 336 + 10
