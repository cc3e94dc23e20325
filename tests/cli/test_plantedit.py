"""One word changed where a machine says it, whatever the file looks like; nothing else, or nothing at all."""

from pathlib import Path

import pytest

from app.plantedit import CannotEdit, end_commissioning
from app.plantyaml import load_plant
from tests.cli.conftest import ROOT
from tests.makers import utc_ms

FILLER = "home/hall/line-1/filler"
SIGNED = utc_ms("2026-11-28T12:05")
ENDED = "commissioning: until 2026-11-28T13:00:00Z"


def a_plant(folder: Path, old: str, new: str) -> Path:
    file = folder / "plant.yaml"
    text = (ROOT / "plants" / "minimal.yaml").read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_the_rest_of_the_file_stays_as_people_wrote_it(tmp_path: Path) -> None:
    file = a_plant(tmp_path, "{id: filler, ", "{id: filler, commissioning: true, ")
    before = file.read_text(encoding="utf-8")
    assert end_commissioning(tmp_path, FILLER, SIGNED) == file
    assert file.read_text(encoding="utf-8") == before.replace("commissioning: true", ENDED)
    machines = load_plant(file).line("home/hall/line-1").machines
    assert {machine.id: machine.counts_since for machine in machines}["filler"] == utc_ms("2026-11-28T13:00")
    assert not any(machine.commissioning for machine in machines)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    minor_stop: 120s", "    commissioning: true\n    minor_stop: 120s", "its template says"),
        ("{id: filler, ", '{id: filler, "commissioning": true, ', f"write `{ENDED}`"),
    ],
)
def test_what_cannot_be_done_surely_is_said_and_not_done(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = a_plant(tmp_path, old, new)
    before = file.read_text(encoding="utf-8")
    with pytest.raises(CannotEdit, match=said):
        end_commissioning(file, FILLER, SIGNED)
    assert file.read_text(encoding="utf-8") == before
