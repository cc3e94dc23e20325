"""New machines brought in by people who may: what a source offers, what is open, signing off into the plant file."""

import shutil
from pathlib import Path

import pytest

from app.auth.guard import Forbidden, Invalid, NotFound, Unavailable
from app.boards.signals import SignalState, SignalStates, encode_states
from app.commands.commissioning import CommissioningDesk, Looked, SourceAway
from app.domain.plant.suggest import Offered
from app.domain.roles import Identity, Role
from app.plantyaml import load_plant
from tests.cli.conftest import ROOT
from tests.makers import utc_ms

NOW = 1_795_430_400_000
LINE = "home/hall/line-1"
FILLER = f"{LINE}/filler"
ENGINEER = Identity("ada", Role.ENGINEER, ("*",))
SOURCE = """
sources:
  - id: plc
    gateway: opcua
    url: "opc.tcp://x:4840"
    machines: [filler]
"""


class Kept:
    """What was said of a line's signals, what was signed, what was written into the audit trail."""

    def __init__(self) -> None:
        self.raw: bytes | None = None
        self.signed, self.rows = [], []

    def signals(self, line: str) -> bytes | None:
        return self.raw

    def saw(self, found) -> bool:
        self.signed.append((found.by, found.note))
        return True

    def write(self, *row) -> None:
        self.rows.append(row)

    def say(self, how: str, score: float = 1.0) -> None:
        broken = "range" if how == "broken" else None
        state = SignalState(FILLER, "temp", heard=NOW, value=20.0, score=score, broken=broken, detail="99 of 2 to 60")
        self.raw = encode_states(SignalStates(LINE, NOW, (state,)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "plant.yaml"
    shutil.copy(ROOT / "plants" / "minimal.yaml", found)
    traits = "commissioning: true, signals: {temp: {owner: maintenance, unit: degC}}, "
    text = found.read_text(encoding="utf-8").replace("{id: filler, ", f"{{id: filler, {traits}")
    found.write_text(text + SOURCE, encoding="utf-8")
    return found


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def desk(file: Path, kept: Kept) -> CommissioningDesk:
    def look(plant, source) -> Looked:
        if source.id != "plc":
            raise SourceAway("nobody there")
        offers = [Offered("Filler/State"), Offered("Filler/Temp", "degC"), Offered("Filler/Odd")]
        return Looked(offers, source.options.get("mapping", {}))

    return CommissioningDesk(lambda: load_plant(file), file, kept, look, kept, kept, lambda: NOW)


def test_machines_in_commissioning_are_shown_with_what_is_open(desk, kept) -> None:
    (machine,) = desk.board(ENGINEER, None).machines
    assert (machine.path, machine.source) == (FILLER, "plc")
    assert machine.open_points == (f"{FILLER}: nothing was heard of its line yet",)
    kept.say("broken")
    assert desk.board(ENGINEER, None).machines[0].open_points == (f"{FILLER} temp: broken 99 of 2 to 60",)
    kept.say("fine", 0.5)
    assert "held 50% of the last hour" in desk.board(ENGINEER, None).machines[0].open_points[0]
    kept.say("fine")
    assert desk.board(ENGINEER, None).machines[0].open_points == ()


def test_what_a_source_offers_becomes_a_mapping_for_a_person_to_check(desk) -> None:
    look = desk.board(ENGINEER, "plc").look
    assert look.offered == 3
    assert {(s.machine, s.what): s.address for s in look.suggestions} == {
        ("filler", "state"): "Filler/State", ("filler", "temp"): "Filler/Temp",
    }  # fmt: skip
    assert "temp: Filler/Temp" in look.mapping
    with pytest.raises(NotFound):
        desk.board(ENGINEER, "other")


def test_what_is_suggested_is_written_into_the_plant_file_once(desk, kept, file) -> None:
    assert desk.take(ENGINEER, "plc") == 2
    (source,) = load_plant(file).sources
    assert source.options["mapping"] == {"filler": {"state": "Filler/State", "signals": {"temp": "Filler/Temp"}}}
    assert file.read_text(encoding="utf-8").count("# ") == (ROOT / "plants" / "minimal.yaml").read_text().count("# ")
    assert kept.signed == [("ada", "plc mapped: filler state = Filler/State, filler temp = Filler/Temp")]
    assert [row[2:4] for row in kept.rows] == [("plant.map", "plc")]
    look = desk.board(ENGINEER, "plc").look
    assert (look.known, look.suggestions, look.missing) == (2, (), ())
    with pytest.raises(Invalid, match="Nothing clear"):
        desk.take(ENGINEER, "plc")


def test_a_source_that_is_written_in_one_line_is_left_to_the_person(desk, kept, file) -> None:
    flow = '- {id: plc, gateway: opcua, url: "opc.tcp://x:4840", machines: [filler]}'
    before = file.read_text(encoding="utf-8").replace(SOURCE, f"sources: [{flow.removeprefix('- ')}]")
    file.write_text(before, encoding="utf-8")
    with pytest.raises(Unavailable, match="paste what is shown"):
        desk.take(ENGINEER, "plc")
    assert file.read_text(encoding="utf-8") == before
    assert kept.signed == []


def test_a_machine_whose_rules_hold_is_signed_off_into_the_plant_file(desk, kept, file) -> None:
    with pytest.raises(Invalid, match="nothing was heard"):
        desk.sign(ENGINEER, FILLER, "")
    kept.say("fine")
    desk.sign(ENGINEER, FILLER, "")
    assert not any(machine.commissioning for machine in load_plant(file).line(LINE).machines)
    [signed] = desk.board(ENGINEER, None).signed
    assert (signed.path, signed.since) == (FILLER, utc_ms("2026-11-23T11:00"))
    assert kept.signed == [("ada", f"{FILLER} commissioned")]
    assert [row[1:4] for row in kept.rows] == [("ada", "plant.sign", FILLER)]
    with pytest.raises(NotFound):
        desk.sign(ENGINEER, FILLER, "")


def test_what_is_open_is_signed_with_why(desk, kept) -> None:
    kept.say("broken")
    desk.sign(ENGINEER, FILLER, "sensor is ordered")
    assert kept.signed == [
        ("ada", f"{FILLER} commissioned, although sensor is ordered: {FILLER} temp: broken 99 of 2 to 60")
    ]


def test_a_file_that_cannot_be_changed_is_said(desk, kept, file) -> None:
    kept.say("fine")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("commissioning: true", '"commissioning": true'), encoding="utf-8")
    with pytest.raises(Unavailable, match="write `commissioning: until 2026-11-23T11:00:00Z`"):
        desk.sign(ENGINEER, FILLER, "")
    assert kept.rows == []


@pytest.mark.parametrize(
    "who",
    [
        Identity("mia", Role.MANAGER, ("*",)), Identity("otto", Role.OPERATOR, ("*",)),
        Identity("eve", Role.ENGINEER, ("other",)), Identity("kiosk", Role.DISPLAY, ("*",)),
    ],
)  # fmt: skip
def test_who_may_not_does_not(desk, kept, file, who) -> None:
    kept.say("fine")
    with pytest.raises(Forbidden):
        desk.sign(who, FILLER, "")
    with pytest.raises((Forbidden, NotFound)):
        desk.take(who, "plc")
    with pytest.raises((Forbidden, NotFound)):
        desk.board(who, "plc")
    assert next(machine for machine in load_plant(file).line(LINE).machines).commissioning
    if who.scopes != ("*",):
        assert desk.board(who, None).machines == ()
