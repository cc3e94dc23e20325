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


def test_what_is_wrong_with_the_machines_is_said_by_row_and_column(app: App, folder: Path) -> None:
    table = a_table(folder, "press-1,press,,,900/h,,", "press-2,pres,,,900x/h,,", "press 3,press,,,,,")
    said = app("onboard", "table", folder, table, "--line", "home/hall/line-1")
    assert said.returncode == 2
    template, cycle, machine = said.stderr.splitlines()
    assert template.startswith("row 3: column `template`: unknown template `pres`. Right: did you mean `press`")
    assert cycle.startswith("row 3: column `cycle`: `900x/h` is not a cycle")
    assert machine.startswith("row 4: column `machine`: `press 3` is no id")


def test_every_address_and_column_is_looked_at_before_anything_is_written(app: App, folder: Path) -> None:
    rows = ("press-1,press,,,,holdin/40001,input/30001", "press-2,press,,,,holding/40002,inptu/30002")
    asked = ("--line", LINE, "--source", "plc-7,modbus,modbus://10.0.0.7:502")
    said = app("onboard", "table", folder, a_table(folder, *rows), *asked)
    assert said.returncode == 2
    for part in ("`holdin` must be one of coil", "`inptu` must be one of coil"):
        assert part in said.stderr
    table = a_table(folder, "press-1,press,,,,holding/40001,input/30001")
    table.write_text(table.read_text().replace("torque", "torqe"), encoding="utf-8")
    said = app("onboard", "table", folder, table, *asked)
    assert "press-1.signals.torqe: the machine has no such signal; did you mean `torque`?" in said.stderr
    assert not (folder / "line-9.yaml").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hme/hall/line-9", "there is no site `hme`; did you mean `home`?"),
        ("home/hal/line-9", "there is no area `hal` in home; did you mean `hall`?"),
        ("home/line-9", "must be site/area/line"),
    ],
)
def test_a_place_with_a_slip_of_the_pen_is_not_made(app: App, folder: Path, line: str, said: str) -> None:
    found = app("onboard", "table", folder, a_table(folder, "press-1,press,,,,,"), "--line", line)
    assert (found.returncode, said in found.stderr) == (2, True), found.stderr


def test_an_area_that_is_like_no_other_is_new(app: App, folder: Path) -> None:
    done = app("onboard", "table", folder, a_table(folder, "press-1,press,,,,,"), "--line", "home/paint-shop/line-9")
    assert done.returncode == 0, done.stderr
    assert load_plant(folder).line("home/paint-shop/line-9")


def test_machines_may_be_called_as_those_of_another_line(app: App, folder: Path) -> None:
    for line in ("line-8", "line-9"):
        table = a_table(folder, "press-1,press,,,900/h,holding/40001,")
        source = ("--source", f"plc-{line},modbus,modbus://10.0.0.7:502")
        done = app("onboard", "table", folder, table, "--line", f"home/hall/{line}", *source)
        assert done.returncode == 0, done.stderr
    machines = {source.id: source.machines for source in load_plant(folder).sources}
    assert machines["plc-line-9"] == ("home/hall/line-9/press-1",)


@pytest.mark.parametrize(
    ("raw", "code", "said"),
    [
        (b"machine;template;cycle\npress-1;press;900/h\n", 0, "1 machine(s)"),
        ("machine,template\nM\u00fcller,press\n".encode("cp1252"), 2, "is no text in UTF-8: save it as `CSV UTF-8`"),
        ("machine,template\npress-1,press\n".encode("utf-16"), 2, "is no text in UTF-8: save it as `CSV UTF-8`"),
        (b"", 2, "no row: a machine a row"),
        (b"machine,template,state\npress-1,press,holding/40001\n", 2, "--source does not say who answers at them"),
    ],
)
def test_tables_as_spreadsheets_save_them_are_read_or_refused_in_words(app: App, folder: Path, raw, code, said) -> None:
    table = folder.parent / "table.csv"
    table.write_bytes(raw)
    done = app("onboard", "table", folder, table, "--line", LINE)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stderr


def test_signing_a_machine_that_is_not_there_says_so(app: App, folder: Path) -> None:
    done = app("onboard", "sign", folder, "press-77", "--by", "ada")
    assert (done.returncode, done.stderr) == (
        2, "press-77: the plant file has no such machine; `site/area/line/machine`, or its last parts\n",
    )  # fmt: skip
