"""What stands beside a plant file is taken once, and a wrong row says where it is wrong."""

from pathlib import Path

import pytest

from app.auth.guard import Invalid
from app.commands.beginning import begin, read_skills
from app.decider.planner import Planner
from app.domain.decisions.remedies import Costs, late_orders, remedies
from app.domain.decisions.schedule import sequences_of
from app.historian.database import migrate, open_database
from app.historian.skills import SkillBook
from app.live.capability import Looking
from app.plantyaml import load_plant
from tests.makers import utc_ms
from tests.schedule_rig import NO_BOARDS

ROOT = Path(__file__).parents[2]
NOW = utc_ms("2026-11-25T12:00")
LINE = "site/area/line-1"
HEAD = "person,line,task,level,shift\n"


def test_the_demo_knows_who_can_do_what_from_its_first_start(tmp_path: Path) -> None:
    plant, database = load_plant(ROOT / "plants" / "demo.yaml"), open_database(None, tmp_path)
    migrate(database)
    begin(plant, database, ROOT / "plants" / "demo.yaml", NOW)
    book = SkillBook(database)
    found = book.all()
    assert {skill.place for skill in found} == {line.path for line in plant.lines()}
    assert {skill.shift for skill in found if skill.task == "repair"} == {"early", "late"}
    book.remove("op-ada", found[0].place, found[0].task)
    begin(plant, database, ROOT / "plants" / "demo.yaml", NOW)
    assert len(book.all()) == len(found) - 1


@pytest.mark.parametrize("start", ["2026-11-23T07:00", "2026-11-26T02:00", "2026-11-28T13:00"])
def test_the_demos_week_is_feasible_but_for_an_order_or_two_whenever_it_starts(tmp_path: Path, start: str) -> None:
    """On a Monday, in a night, over a weekend: a plant where everything is late teaches nobody anything."""
    plant, database, now = load_plant(ROOT / "plants" / "demo.yaml"), open_database(None, tmp_path), utc_ms(start)
    migrate(database)
    begin(plant, database, ROOT / "plants" / "demo.yaml", now)
    floor = Looking(database, NO_BOARDS).floor(plant, "leipzig", now)
    assert len(floor.demands) == 50
    plan = Planner(floor, seconds=2).solve().plan
    late = late_orders(floor, plan)
    assert 1 <= len(late) <= 5
    worst = next(iter(late))
    assert remedies(floor, sequences_of(plan), worst, (), Costs())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f",{LINE},run,1,", "row 2: person"),
        ("ada,site/area/none,run,1,", "row 2: line='site/area/none'"),
        (f"ada,{LINE},fly,1,", "task='fly': must be one of run, changeover"),
        (f"ada,{LINE},run,4,", "level='4': must be one of 1, 2, 3"),
        (f"ada,{LINE}", "task=''"),
    ],
)
def test_a_wrong_row_says_where_and_what_would_be_right(tmp_path: Path, row: str, said: str) -> None:
    file = tmp_path / "plant.skills.csv"
    file.write_text(HEAD + row + "\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"plant\.skills\.csv") as caught:
        read_skills(file, frozenset({LINE}))
    assert said in str(caught.value)
