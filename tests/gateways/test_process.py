"""The gateway as a process: what the machines said is on the stream once, whoever was killed or away meanwhile."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from app.domain.events import codec, streams
from app.domain.events.contract import Heartbeat, Measured, StateChanged
from app.domain.interval import MINUTE_MS
from app.plantyaml import load_plant
from app.streams.connection import client_of
from app.streams.health import Health
from simulators.servers.sparkplug import SparkplugOutlet
from tests.gateways.listening import wait_for
from tests.gateways.sparkplug.plant import LINE, MONDAY_8, a_plant, said_directly, text
from tests.gateways.sparkplug.test_simulated import Playing, Rest

pytestmark = [pytest.mark.redis, pytest.mark.slow]
LENGTH = 60 * MINUTE_MS
PARTS = 6


class Process:
    """`python -m gateways` on a plant file of one source."""

    def __init__(self, plant: Path, redis: str, *more: str) -> None:
        command = [sys.executable, "-m", "gateways", str(plant), "--spool", str(plant.parent / "spool"), *more]
        self._run = subprocess.Popen(command, env={**os.environ, "REDIS_URL": redis})

    def kill(self) -> None:
        self._run.kill()
        self._run.wait()

    def end(self) -> int:
        self._run.send_signal(signal.SIGTERM)
        return self._run.wait(30)


def on_stream(client) -> list:
    return [codec.decode(fields[b"e"]) for _, fields in client.xrange(streams.events(LINE))]


def readings(events) -> dict:
    """Each signal's and each machine's state's values by time."""
    found = {}
    for e in events:
        if isinstance(e, Measured) and e.signal != "temp" and e.value is not None:
            found.setdefault((e.machine, e.signal), {})[e.t] = e.value
        elif isinstance(e, StateChanged):
            found.setdefault((e.machine, "state"), {})[e.t] = e.state
    return found


def has_the_last_of_all(client, said) -> bool:
    there = readings(on_stream(client))
    return all(max(values) in there.get(key, {}) for key, values in readings(said).items())


def test_killed_again_and_again_it_says_everything_once(broker, valkey_server, tmp_path: Path) -> None:
    client, file, plant = client_of(valkey_server.url), tmp_path / "plant.yaml", a_plant(broker.url)
    client.flushall()
    file.write_text(text(broker.url))
    said = said_directly(plant, LENGTH)
    with SparkplugOutlet(plant, Rest()) as outlet:
        playing = Playing(plant, outlet)
        for part in range(1, PARTS + 1):
            gateway, before = Process(file, valkey_server.url), len(on_stream(client))
            wait_for(lambda before=before: len(on_stream(client)) > before, "the gateway never spoke")
            playing.play(MONDAY_8 + LENGTH * part // PARTS)
            gateway.kill()
        playing.finish()
        gateway = Process(file, valkey_server.url)
        wait_for(lambda: has_the_last_of_all(client, said), "the last readings never came")
        assert gateway.end() == 0
    events = on_stream(client)
    assert max(Counter((e.source, e.epoch, e.seq) for e in events).values()) == 1
    assert sorted(e.seq for e in events) == list(range(1, len(events) + 1))
    # A broker hands Sparkplug data out once: what was on its way to a killed process is lost, a running total is not.
    for key, values in readings(said).items():
        there = readings(events)[key]
        assert there.items() <= values.items(), key
        assert there[max(values)] == values[max(values)], key


def test_while_redis_is_away_it_keeps_what_it_hears_and_says_how_much(broker, valkey_server, tmp_path: Path) -> None:
    client, file, plant = client_of(valkey_server.url), tmp_path / "plant.yaml", a_plant(broker.url)
    client.flushall()
    file.write_text(text(broker.url))
    said = said_directly(plant, LENGTH)
    with SparkplugOutlet(plant, Rest()) as outlet:
        playing, nowhere = Playing(plant, outlet), f"unix://{tmp_path}/nobody.sock"
        gateway, spool = Process(file, nowhere), tmp_path / "spool" / "gw-1"
        wait_for(lambda: any(path.stat().st_size for path in spool.glob("*.spool")), "nothing was kept")
        playing.play(MONDAY_8 + LENGTH)
        playing.finish()
        last = readings(said)[f"{LINE}/packer", "good_total"]
        wait_for(lambda: f'"t":{max(last)}' in b"".join(p.read_bytes() for p in spool.glob("*.spool")).decode())
        gateway.kill()
        gateway = Process(file, valkey_server.url)
        wait_for(lambda: has_the_last_of_all(client, said), "what was kept never came")
        [health] = wait_for(lambda: Health(client).read("gateway", 0))
        assert (health.owner, health.figures["dropped"]) == ("gw-1", 0)
        assert gateway.end() == 0
    there = readings(on_stream(client))
    assert all(values.items() <= there[key].items() for key, values in readings(said).items())


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("gateway: sparkplug", "gateway: sparkplag"),
        ("filler:\n        state", "fillerr:\n        state"),
        ('good_total: "Hall/Line-1/Packer', 'god_total: "Hall/Line-1/Packer'),
    ],
)
def test_a_wrong_source_is_named_with_what_would_be_right(tmp_path: Path, wrong: str, right: str) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(text("mqtt://127.0.0.1:1").replace(wrong, right))
    command = [sys.executable, "-m", "gateways", str(file), "--spool", str(tmp_path / "spool")]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "REDIS_URL": "redis://127.0.0.1:1"}
    )
    assert done.returncode == 2
    assert "sources.gw-1" in done.stderr
    assert "did you mean" in done.stderr or "known are" in done.stderr


def test_what_a_source_offers_and_what_the_mapping_makes_of_it_is_shown(broker, tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(text(broker.url).replace("primary_host: lineside", "owner: maintenance"))
    with SparkplugOutlet(load_plant(file), Rest()) as outlet:
        Playing(load_plant(file), outlet).play(MONDAY_8 + MINUTE_MS)
        shown = subprocess.run(
            [sys.executable, "-m", "gateways", str(file), "--test", "4"], capture_output=True, text=True, timeout=60
        )
        offered = subprocess.run(
            [sys.executable, "-m", "gateways", str(file), "--browse"], capture_output=True, text=True, timeout=60
        )
    assert '"kind":"state"' in shown.stdout
    assert "Hall/Line-1/Filler:Counts/Good" in offered.stdout


def test_a_spool_that_is_full_lets_the_oldest_go_and_counts_them(tmp_path: Path, monkeypatch) -> None:
    from gateways import spool as module

    monkeypatch.setattr(module, "SEGMENT_BYTES", 2_000)
    spool = module.Spool(tmp_path, 7, most_bytes=10_000)
    beat = Heartbeat(machine=f"{LINE}/filler", t=1, source="gw-1", epoch=0, seq=0)
    for _ in range(500):
        spool.append([(LINE, beat)])
    assert spool.dropped > 0
    assert spool.bytes() < 14_000
    seqs = []
    while (piece := spool.next(50)) is not None:
        seqs += [msgspec.json.decode(raw)["seq"] for _, raw in piece.rows]
        spool.sent(piece)
    assert seqs == list(range(spool.dropped + 1, 501))
    assert spool.waiting() == 0
