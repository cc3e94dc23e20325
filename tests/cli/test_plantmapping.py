"""A mapping written where a source says it, beside what people wrote; nothing else, or nothing at all."""

from pathlib import Path

import pytest

from app.domain.plant.suggest import Suggestion
from app.plantedit import CannotEdit
from app.plantmapping import add_mapping
from app.plantyaml import load_plant
from tests.cli.conftest import ROOT

SIGNALS = "  machine:\n    signals: {temp: {owner: x, unit: degC}, oil: {owner: x}}\n"
HEAD = "sources:\n  - id: plc   # ours\n    gateway: opcua\n    url: opc.tcp://x:1\n    machines: [filler, packer]\n"
STATE = Suggestion("filler", "state", False, "F/State", 1.0)
TEMP = Suggestion("filler", "temp", True, "F/Te: mp", 1.0)
OTHER = Suggestion("packer", "state", False, "P/State", 1.0)
ALL = {"filler": {"state": "F/State", "signals": {"temp": "F/Te: mp"}}, "packer": {"state": "P/State"}}


def a_plant(folder: Path, sources: str) -> Path:
    file = folder / "plant.yaml"
    text = (ROOT / "plants" / "minimal.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("  machine:\n", SIGNALS) + sources, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("mapping", "found", "after"),
    [
        ("", (STATE, TEMP, OTHER), ALL),
        ("    mapping: {}\n", (STATE, TEMP, OTHER), ALL),
        ("    mapping:\n      packer: {state: P/State}\n", (STATE, TEMP), ALL),
        ("    mapping:   # by hand\n      filler:   # f\n        state: F/State\n", (TEMP, OTHER), ALL),
        ("    mapping:\n      filler:\n        signals:\n          temp: 'F/Te: mp'\n", (STATE, OTHER), ALL),
        (
            "    mapping:\n      filler:\n        signals:\n          oil: F/Oil   # kept\n", (STATE, TEMP),
            {"filler": {"state": "F/State", "signals": {"oil": "F/Oil", "temp": "F/Te: mp"}}},
        ),
    ],
)  # fmt: skip
def test_it_stands_beside_what_people_wrote(tmp_path: Path, mapping: str, found, after) -> None:
    file = a_plant(tmp_path, HEAD + mapping)
    before = file.read_text(encoding="utf-8").splitlines()
    assert add_mapping(tmp_path, "plc", found) == file
    (source,) = load_plant(tmp_path).sources
    assert source.options["mapping"] == after
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if line not in lines and "{}" not in line] == []


@pytest.mark.parametrize(
    "sources",
    [
        "sources: [{id: plc, gateway: opcua, url: 'opc.tcp://x:1', machines: [filler]}]\n",
        HEAD + "    mapping: {packer: {state: P/State}}\n",
        HEAD + "    mapping:\n      filler: {state: F/Old}\n",
        HEAD + "    mapping:\n      filler:\n        signals: {temp: F/Old}\n",
        HEAD + "    mapping:\n      filler:\n        signals:\n          temp: F/Old\n",
    ],
)
def test_what_cannot_be_done_surely_is_said_and_not_done(tmp_path: Path, sources: str) -> None:
    file = a_plant(tmp_path, sources)
    before = file.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=r"paste what is shown|twice"):
        add_mapping(file, "plc", [TEMP])
    assert file.read_text(encoding="utf-8") == before


def test_a_source_that_nobody_describes_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotEdit, match="no file of the plant"):
        add_mapping(a_plant(tmp_path, ""), "plc", [TEMP])
