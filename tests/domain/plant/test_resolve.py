"""A name that people or machines use for equipment finds one place, or is told what would."""

from pathlib import Path

import pytest

from app.domain.plant.equipment import AmbiguousEquipment, UnknownEquipment
from app.plantyaml import load_plant

DEMO = load_plant(Path("plants/demo.yaml"))


def test_any_tail_of_a_path_that_fits_once_is_a_name() -> None:
    line, machine = DEMO.resolve("line-1/filler")
    assert (line.id, machine.id) == ("line-1", "filler")
    assert DEMO.resolve("line-1") == (line, None)


def test_a_name_that_fits_several_or_none_is_told_what_would_fit() -> None:
    with pytest.raises(AmbiguousEquipment, match="'filler' may be any of leipzig/bottling/line-1/filler, leipzig"):
        DEMO.resolve("filler")
    with pytest.raises(UnknownEquipment, match="'line-9': the plant has no such line or machine; did you mean 'line-"):
        DEMO.resolve("line-9")
