"""`--browse` and `--test` tell a person what is there, what is missing and why, whatever is wrong with a source."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.gateways.modbus.server import Server, free_port
from tests.gateways.mtconnect.agent import Scripted, part, streams
from tests.gateways.mtconnect.test_lost import NOW, a_text, counted
from tests.gateways.sparkplug import plant as line


def show(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateways", str(file), *words]
    environ = {**os.environ, "REDIS_URL": "redis://127.0.0.1:1"}
    return subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)


def of_modbus(folder: Path, *sources: str) -> Path:
    """A plant with a source for the filler and one for the packer, each at its own address."""
    head, _, _ = line.text("").partition("sources:\n")
    file = folder / "plant.yaml"
    rows = [
        f"  - {{id: plc-{machine}, gateway: modbus, url: 'modbus://127.0.0.1:{port}', machines: [{machine}], poll: 50ms"
        f", mapping: {{{machine}: {{signals: {{good_total: {address}}}}}}}}}\n"
        for machine, (port, address) in zip(("filler", "packer"), (s.split(",") for s in sources), strict=False)
    ]
    file.write_text(f"{head}sources:\n{''.join(rows)}")
    return file


def test_what_the_mapping_makes_is_shown_as_it_would_be_on_the_stream(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    with Scripted([NOW], [[part(streams(counted(110, 3, "00:30"), following=4))]]) as agent:
        file.write_text(a_text(agent.url))
        shown = show(file, "plc", "--test", "2")
    assert shown.returncode == 0, shown.stderr
    rows = [row.split("\t") for row in shown.stdout.splitlines()]
    events = [msgspec.json.decode(raw) for path, raw in (row for row in rows if len(row) == 2) if path == line.LINE]
    assert ("good_total", 110) in [(e.get("signal"), e.get("value")) for e in events]


def test_what_is_mapped_and_does_not_come_is_named_with_its_source_and_why(tmp_path: Path) -> None:
    with Server({0: [7]}, [False]) as plc:
        shown = show(of_modbus(tmp_path, f"{plc.port},holding/40001", f"{plc.port},holding/49002"), "--test", "1")
    assert shown.returncode == 0, shown.stderr
    assert "mapped, without a value in\t1 s\tholding/49002" in shown.stdout
    assert "mapped, without a value in\t1 s\tholding/40001" not in shown.stdout
    [said] = [msgspec.json.decode(row) for row in shown.stderr.splitlines()]
    assert (said["address"], said["why"]) == (
        "holding/49002", "the device has no such register (illegal data address)",
    )  # fmt: skip


@pytest.mark.parametrize("words", [("--browse",), ("--test", "1")])
def test_a_source_that_is_away_does_not_keep_the_others_from_being_shown(tmp_path: Path, words) -> None:
    gone = free_port()
    with Server({0: [7]}, [False]) as plc:
        shown = show(of_modbus(tmp_path, f"{gone},holding/40001", f"{plc.port},holding/40001"), *words)
    assert shown.returncode == 1
    assert shown.stdout.splitlines()[:2] == ["# plc-filler", "# plc-packer"]
    assert len(shown.stdout.splitlines()) > 2
    assert shown.stderr == (
        f"plc-filler: no Modbus server answers at 127.0.0.1:{gone}: is it on, and is the port open to us?\n"
    )


@pytest.mark.parametrize("seconds", ["0", "-1", "x", "nan", "99999"])
def test_a_time_that_is_none_is_refused_and_nothing_runs(tmp_path: Path, seconds) -> None:
    shown = show(of_modbus(tmp_path, "1,holding/40001"), "--test", seconds)
    assert shown.returncode == 2
    assert f"must be above 0 and at most 3600 seconds, is {seconds}" in shown.stderr


def test_the_check_of_a_plant_does_not_call_it_fine_where_a_source_is_wrong(tmp_path: Path) -> None:
    file = of_modbus(tmp_path, "1,holdin/40001")
    done = subprocess.run([sys.executable, "-m", "app", "check", str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "its sources are wrong" in done.stdout
    assert "fine" not in done.stdout
    assert "`holdin` must be one of coil" in done.stderr
