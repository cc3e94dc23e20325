"""docs/plant-file.md is true: every key the parser takes is in it, with the default in force, and no other."""

import re
from pathlib import Path

import pytest

from app.domain.plant import keys
from app.domain.plant.node import PlantFileErrors
from app.domain.plant.read_machine import THRESHOLDS
from app.domain.units import duration_ms
from app.plantyaml import load_plant
from tests.makers import plant_from

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "plant-file.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\*\*)?`(\w+)`(?:\*\*)? \| (.*) \| (.*?) ?\|$", re.MULTILINE)


def rows(place: str) -> list[tuple[str, str, str]]:
    """Return required mark, key and default of a place's table."""
    section = re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)
    text = next(s for s in section if s.splitlines()[0].lower() == place)
    return [(mark, key, default) for mark, key, _, default in ROW.findall(text)]


@pytest.mark.parametrize("place", keys.PLACES)
def test_every_key_of_a_place_is_in_the_document_and_the_reverse(place: str) -> None:
    assert sorted(key for _, key, _ in rows(place)) == sorted(keys.PLACES[place])


@pytest.mark.parametrize("place", ["machine", "template"])
def test_the_thresholds_have_the_defaults_the_document_says(place: str) -> None:
    said = {key: default for _, key, default in rows(place)}
    assert {key: duration_ms(said[key].strip("`")) for key in THRESHOLDS} == THRESHOLDS


def test_a_key_the_document_calls_required_is_missed() -> None:
    found: list[str] = []
    for file in ({}, FULL):
        with pytest.raises(PlantFileErrors) as caught:
            plant_from(dict(file))
        found.extend(m.key.rpartition(".")[2] + " " + m.wrong for m in caught.value.mistakes)
    for place in keys.PLACES:
        for mark, key, _ in rows(place):
            if mark:
                assert any(text.startswith(f"{key} ") for text in found), (place, key)


FULL: dict[str, object] = {
    "sites": [
        {
            "shifts": [{"breaks": [{"name": "x"}]}],
            "calendar": [{}],
            "areas": [{"lines": [{"id": "l"}, {"machines": [{"name": "x"}]}]}, {"name": "x"}],
        },
        {"name": "x"},
    ],
    "templates": {
        "t": {
            "cycle": {"default": [{}]},
            "states": {"1": {"reason": "r"}},
            "signals": {"s": {"counter": {"of": "good"}}},
        }
    },
    "reasons": [{"name": "x"}],
    "sources": [{"machines": []}],
}


def test_the_document_counts_the_lines_of_the_minimal_plant() -> None:
    lines = (ROOT / "plants" / "minimal.yaml").read_text(encoding="utf-8").splitlines()
    assert f"`plants/minimal.yaml` ({len(lines)} lines)" in DOCUMENT
    assert load_plant(ROOT / "plants" / "minimal.yaml")
