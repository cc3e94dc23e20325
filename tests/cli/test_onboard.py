"""A line of twenty machines from one table; what is wrong in it is said by row and column, and nothing is written."""

import shutil
from pathlib import Path

import pytest

from app.plantyaml import load_plant
from tests.cli.conftest import ROOT, App

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
