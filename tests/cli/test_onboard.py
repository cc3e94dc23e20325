"""A line of twenty machines from one table; what is wrong in it is said by row and column, and nothing is written."""

import shutil
from pathlib import Path

import pytest

from app.boards.signals import SignalState, SignalStates, encode_states
from app.domain.events import streams
from app.plantyaml import load_plant
from app.streams.connection import Client
from app.streams.embedded import EmbeddedServer
from tests.cli.conftest import ROOT, App

LINE = "home/hall/line-9"
HEAD = "machine,template,name,owner,cycle,state,torque"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of plant files with the minimal plant in it."""
    found = tmp_path / "plant"
    found.mkdir()
    shutil.copy(ROOT / "plants" / "minimal.yaml", found / "plant.yaml")
    signals = "templates: {press: {stale_after: 90s, signals: {torque: {unit: Nm, owner: maintenance}}}}\n"
    (found / "templates.yaml").write_text(f"version: 1\n{signals}", encoding="utf-8")
    return found


def a_table(folder: Path, *rows: str) -> Path:
    table = folder.parent / "line.csv"
    table.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    return table


def test_twenty_machines_come_from_one_table_in_commissioning(app: App, folder: Path) -> None:
    rows = [f"press-{n},press,Press {n},maintenance,900/h,holding/4{n:04},input/3{n:04}:int16" for n in range(1, 21)]
    source = "plc-7,modbus,modbus://10.0.0.7:502"
    said = app("onboard", "table", folder, a_table(folder, *rows), "--line", "home/hall/line-9", "--source", source)
    assert said.returncode == 0, said.stderr
    assert "20 machine(s), in commissioning" in said.stdout
    line = load_plant(folder).line("home/hall/line-9")
    assert [machine.id for machine in line.machines] == [f"press-{n}" for n in range(1, 21)]
    assert all(machine.commissioning and "torque" in machine.signals for machine in line.machines)
    (plc,) = load_plant(folder).sources
    assert len(plc.machines) == 20
    assert plc.options["mapping"]["press-3"]["signals"] == {"torque": "input/30003:int16"}  # type: ignore[index]
    again = app("onboard", "table", folder, a_table(folder, *rows), "--line", "home/hall/line-9")
    assert again.returncode == 2


def test_every_mistake_of_the_table_is_said_and_nothing_is_written(app: App, folder: Path) -> None:
    table = a_table(folder, "press-1,press,,,,,", ",press,,,,,", "press-1,,,,,,")
    said = app("onboard", "table", folder, table, "--line", "home/hall/line-9")
    assert said.returncode == 2
    for part in ("row 3: column `machine`", "row 4: machine `press-1` is there twice", "row 4: column `template`"):
        assert part in said.stderr
    unknown = app("onboard", "table", folder, a_table(folder, "press-1,pres,,,,,"), "--line", "home/hall/line-9")
    assert unknown.returncode == 2
    assert "pres" in unknown.stderr
    assert "press" in unknown.stderr
    assert not (folder / "line-9.yaml").exists()


def test_suggestions_need_a_source(app: App, folder: Path) -> None:
    said = app("onboard", "suggest", folder, "opc-1")
    assert said.returncode == 2
    assert "no source `opc-1`" in said.stderr


def test_a_machine_is_signed_off_when_its_rules_hold_or_somebody_says_why_not(
    app: App, folder: Path, valkey_server: EmbeddedServer, valkey: Client
) -> None:
    rows = ("press-1,press,Press 1,maintenance,900/h,,", "press-2,press,Press 2,maintenance,900/h,,")
    assert app("onboard", "table", folder, a_table(folder, *rows), "--line", LINE).returncode == 0
    where = {"REDIS_URL": valkey_server.url}
    refused = app("onboard", "sign", folder, "press-1", "--by", "ada", **where)
    assert refused.returncode == 2
    assert "nothing was heard of its line yet" in refused.stdout
    heard = SignalStates(LINE, 1, (SignalState(f"{LINE}/press-1", "torque", heard=1, value=20.0, score=1.0),))
    valkey.set(streams.signals(LINE), encode_states(heard))
    done = app("onboard", "sign", folder, "press-1", "--by", "ada", **where)
    assert done.returncode == 0, done.stderr
    machines = {m.id: m.commissioning for m in load_plant(folder).line(LINE).machines}
    assert machines == {"press-1": False, "press-2": True}
    open_point = app("onboard", "sign", folder, "press-2", "--by", "ada", **where)
    assert "press-2 torque: never heard" in open_point.stdout
    assert open_point.returncode == 2
    anyway = app("onboard", "sign", folder, "press-2", "--by", "ada", "--although", "no sensor", **where)
    assert anyway.returncode == 0, anyway.stderr
    told = app("plant", "versions", **where).stdout.splitlines()
    assert "press-2 commissioned, although no sensor" in told[0]
    assert "press-1 commissioned" in told[1]
    assert app("onboard", "sign", folder, "press-2", "--by", "ada", **where).returncode == 2
