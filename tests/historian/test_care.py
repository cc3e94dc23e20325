"""What people did about findings is kept; silent machine hours are read from the account itself."""

import pytest

from app.auth.guard import Forbidden, Invalid
from app.commands.findings import FindingDesk
from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components
from app.domain.accounting.facts import HourFact
from app.domain.accounting.figures import FIGURES
from app.domain.governance.findings import Care, Disputed
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.roles import Identity, Role
from app.historian.accounts import Audit
from app.historian.care import Cares, silences
from app.historian.writer import write
from app.views.catalogue import issues_of
from tests.makers import a_plant

LINE = "s/a/l"
FILLER, PACKER = f"{LINE}/filler", f"{LINE}/packer"
T = 1_795_410_000_000


def an_hour(machine: str, hour: int, unknown_min: int) -> HourFact:
    start = T + hour * HOUR_MS
    spent = [0] * 9
    spent[Bucket.UNKNOWN], spent[Bucket.RUNNING] = unknown_min * MINUTE_MS, (60 - unknown_min) * MINUTE_MS
    cell = Cell(CellKey(machine, start, None, None, None), Components(tuple(spent)))
    return HourFact(machine, start, 1, start + HOUR_MS, [cell], [])


def test_what_was_done_is_kept_in_order(db) -> None:
    cares = Cares(db)
    done = [Care(FILLER, "range:t", T + n, "eva", what) for n, what in enumerate(("accept", "close"))]
    for care in reversed(done):
        cares.put(care)
    cares.put(Care(PACKER, "range:t", T, "eva", "accept"))
    assert cares.of([FILLER]) == done
    assert cares.of([]) == []


def test_a_dispute_is_an_issue_of_the_machines_owner_until_it_is_closed(db) -> None:
    plant = a_plant(machines=["filler", "packer"], traits={"owner": "eva"})
    line, machine = next(plant.lines()), "site/area/line-1/filler"
    desk = FindingDesk(Cares(db), Audit(db), lambda _: issues_of(db, plant, [line], T), lambda: T)
    ada = Identity("ada", Role.OPERATOR, ("site/area/line-1",))
    desk.dispute(ada, machine, Disputed("good", Interval(T - HOUR_MS, T - 1)), "two pallets are missing")
    (issue,) = issues_of(db, plant, [line], T)
    assert (issue.rule, issue.owner, issue.state, issue.due) == ("disputed", "eva", "open", T + 8 * HOUR_MS)
    assert issue.detail == "ada: two pallets are missing"
    assert Disputed.of(issue) == Disputed("good", Interval(T - HOUR_MS, T - 1))
    eva = Identity("eva", Role.ENGINEER, ("*",))
    desk.accept(eva, machine, issue.key)
    desk.close(eva, machine, issue.key, "mapping", "the second counter was not mapped")
    (issue,) = issues_of(db, plant, [line], T)
    assert (issue.state, issue.closed.cause) == ("closed", "mapping")


@pytest.mark.parametrize(
    ("about", "window", "note", "said"),
    [
        ("oee", Interval(5, 5), "wrong", "a time that ends after it begins"),
        ("oee@9", Interval(5, 9), "wrong", "must be a figure or `stop`"),
        ("beauty", Interval(5, 9), "wrong", "must be a figure or `stop`"),
        ("oee", Interval(5, 9), "  ", "say what is not right"),
    ],
)
def test_a_dispute_says_what_when_and_why(db, about: str, window: Interval, note: str, said: str) -> None:
    desk = FindingDesk(Cares(db), Audit(db), lambda _: [], lambda: T)
    with pytest.raises(Invalid, match=said):
        desk.dispute(Identity("ada", Role.OPERATOR, ("*",)), FILLER, Disputed(about, window), note)
    with pytest.raises(Forbidden):
        desk.dispute(Identity("tv", Role.DISPLAY, ("*",)), FILLER, Disputed("oee", Interval(5, 9)), "x")
    assert Cares(db).of([FILLER]) == []


def test_whatever_opens_may_be_disputed_and_its_issue_says_what(db) -> None:
    plant = a_plant(machines=["filler"], traits={"owner": "eva"})
    line, machine, window = next(plant.lines()), "site/area/line-1/filler", Interval(T - HOUR_MS, T - 1)
    desk = FindingDesk(Cares(db), Audit(db), lambda _: issues_of(db, plant, [line], T), lambda: T)
    for figure in FIGURES:
        desk.dispute(Identity("ada", Role.OPERATOR, ("*",)), machine, Disputed(figure, window), "not so")
    about = [Disputed.of(issue) for issue in issues_of(db, plant, [line], T)]
    assert sorted(disputed.about for disputed in about if disputed) == sorted(FIGURES)


def test_a_sum_of_lines_has_no_owner_and_is_disputed_where_it_is_measured(db) -> None:
    desk = FindingDesk(Cares(db), Audit(db), lambda _: [], lambda: T)
    with pytest.raises(Invalid, match="of a line or machine"):
        desk.dispute(Identity("ada", Role.MANAGER, ("*",)), "s/a", Disputed("oee", Interval(5, 9)), "too good")
    assert Cares(db).of(["s/a"]) == []


def test_an_hour_with_five_unknown_minutes_is_silent_once_the_machine_was_heard(db) -> None:
    facts = [an_hour(FILLER, n, unknown) for n, unknown in enumerate((60, 50, 0, 4, 5, 60))]
    write(db, LINE, b"0-0", [*facts, an_hour(PACKER, 5, 60)], b"1-0", T)
    found = silences(db, [FILLER, PACKER], Interval(T, T + 9 * HOUR_MS))
    assert [(f.equipment, f.since, f.detail) for f in found] == [
        (FILLER, T + 4 * HOUR_MS, "nothing is known of 5 min of planned time"),
        (FILLER, T + 5 * HOUR_MS, "nothing is known of 60 min of planned time"),
    ]
