"""Whether two plant files judge a line alike does not depend on what else they say, or on how it is written."""

from app.domain.plant.rules import rules_of
from tests.makers import a_plant, a_plant_file, plant_from


def mark(**said) -> str:
    plant = a_plant(**said)
    return rules_of(next(plant.lines()), plant)


def test_what_figures_depend_on_changes_the_mark_and_what_people_read_does_not() -> None:
    assert mark() == mark()
    assert mark(traits={"minor_stop": "60s"}) != mark()
    assert mark(cycle="2s") != mark()
    assert mark(traits={"states": {"4": "run"}}) != mark()
    assert mark(traits={"name": "Press", "owner": "ada"}) == mark()
    assert mark(machines=["machine", "other"]) != mark()


def test_another_line_changes_nothing() -> None:
    file = a_plant_file()
    before = plant_from(file)
    (site,) = file["sites"]
    lines = site["areas"][0]["lines"]
    lines.append({**lines[0], "id": "line-2"})
    after = plant_from(file)
    assert rules_of(next(after.lines()), after) == rules_of(next(before.lines()), before)
