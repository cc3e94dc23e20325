"""Alerts and calls go to who is qualified and on shift, else at once to the next; nothing is dropped."""

import pytest

from app.commands.ground import Ground
from app.commands.skills import SkillDesk
from app.decider.alerts import AlertWatch
from app.decider.qualified import Qualified
from app.domain.alerts.condition import EscalationStep
from app.domain.alerts.escalation import read_told
from app.domain.decisions.skills import Skill
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.domain.roles import Identity, Role
from app.historian.skills import SkillBook
from tests.decider.rig import Rig, a_condition, a_rule
from tests.makers import THREE_SHIFTS, a_plant, utc_ms
from tests.web.parts import MemoryAccounts, memory_database

PLANT = a_plant(machines=("filler", "packer"), line={"shifts": THREE_SHIFTS})
LINE = "site/area/line-1"
FILLER = f"{LINE}/filler"
MORNING = utc_ms("2026-11-23T07:00")
CHAIN = (
    EscalationStep(0, "engineer", "mail"),
    EscalationStep(20 * MINUTE_MS, "engineer", "sound"),
    EscalationStep(30 * MINUTE_MS, "supervisor", "webhook"),
    EscalationStep(60 * MINUTE_MS, "manager", "mail"),
)


def now_shift() -> str:
    found = PLANT.resolve(LINE)[0].calendar.at(MORNING)
    assert found is not None
    return found.name


@pytest.fixture
def rig() -> Rig:
    rule = a_rule(on_delay_ms=0, owner="engineer", escalation=CHAIN, task="repair")
    found = Rig(memory_database(), rules={"hot": rule})
    found.holds = [a_condition(FILLER, since=MORNING)]
    qualified = Qualified(lambda: PLANT, SkillBook(found.database))
    found.watch = AlertWatch(lambda now: found.holds, lambda: found.rules, found.store, found.tell, qualified)
    return found


def told(rig: Rig) -> list[tuple[str, str, str | None]]:
    (alert,) = rig.store.open()
    events = rig.store.events([alert.id])[alert.id]
    return [read_told(event.why or "") for event in events if event.what == "told"]


def keep(rig: Rig, *skills: Skill) -> None:
    for skill in skills:
        SkillBook(rig.database).put(skill, "sue", MORNING)


def test_a_step_goes_to_the_qualified_on_shift_the_most_able_first(rig) -> None:
    other = next(p.name for p in PLANT.resolve(LINE)[0].calendar.patterns if p.name != now_shift())
    keep(
        rig,
        Skill("max", LINE, "repair", 2),
        Skill("eva", "*/filler", "repair", 3, shift=now_shift()),
        Skill("new", LINE, "repair", 1),
        Skill("off", LINE, "repair", 3, shift=other),
        Skill("old", LINE, "repair", 3, until=MORNING),
        Skill("run", LINE, "run", 3),
    )
    rig.watch.step(MORNING)
    assert told(rig) == [("engineer", "mail", "eva, max")]
    (message,) = rig.sent.values()
    assert (message.to, message.people) == ("engineer", ("eva", "max"))
    rig.watch.step(MORNING + 30 * MINUTE_MS)
    assert told(rig)[1:] == [("engineer", "sound", "eva, max"), ("supervisor", "webhook", None)]


def test_where_nobody_qualified_is_on_shift_the_next_of_the_chain_is_told_at_once_and_it_is_said_why(rig) -> None:
    keep(rig, Skill("new", LINE, "repair", 1))
    rig.watch.step(MORNING)
    assert told(rig) == [("engineer", "mail", ""), ("engineer", "sound", ""), ("supervisor", "webhook", None)]
    assert [message.to for message in rig.sent.values()] == ["supervisor"]
    rig.watch.step(MORNING + 59 * MINUTE_MS)
    assert len(told(rig)) == 3
    rig.watch.step(MORNING + HOUR_MS)
    assert told(rig)[3] == ("manager", "mail", None)


def test_a_kill_between_passing_on_and_telling_the_next_tells_the_next(rig) -> None:
    keep(rig, Skill("new", LINE, "repair", 1))
    real, calls = rig.store.told, []

    def once(*said: object) -> bool:
        calls.append(said)
        if len(calls) > 1:
            raise RuntimeError
        return real(*said)  # type: ignore[arg-type]

    rig.store.told = once  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        rig.watch.step(MORNING)
    rig.store.told = real  # type: ignore[method-assign]
    rig.watch.step(MORNING + 1)
    assert told(rig)[-1] == ("supervisor", "webhook", None)


def test_the_last_step_is_told_whoever_is_qualified_and_without_a_matrix_nothing_is_passed_on(rig) -> None:
    rig.rules = {"hot": a_rule(on_delay_ms=0, owner="engineer", escalation=CHAIN[:1], task="repair")}
    rig.watch.step(MORNING)
    assert told(rig) == [("engineer", "mail", None)]
    rig.holds = [a_condition(f"{LINE}/packer", since=MORNING)]
    keep(rig, Skill("new", LINE, "repair", 1))
    rig.watch.step(MORNING + 1)
    assert [(message.equipment, message.to) for message in rig.sent.values()] == [
        (FILLER, "engineer"),
        (f"{LINE}/packer", "engineer"),
    ]


class Say:
    """The desk of commands, as far as finding a line."""

    def line(self, who: Identity, permission: object, name: str) -> object:
        return PLANT.resolve(name)[0]


def test_a_call_names_who_it_is_for_or_that_nobody_is_and_only_to_those_who_call_or_come() -> None:
    database = memory_database()
    desk = SkillDesk(Ground(lambda: PLANT, database, MemoryAccounts(), None, Say(), lambda: MORNING))  # type: ignore[arg-type]
    olga = Identity("olga", Role.OPERATOR, (LINE,))
    assert desk.routed(olga, LINE, "maintenance") is None
    SkillBook(database).put(Skill("new", FILLER, "repair", 1), "sue", MORNING)
    assert desk.routed(olga, LINE, "maintenance") == ()
    SkillBook(database).put(Skill("eva", FILLER, "repair", 2), "sue", MORNING)
    assert desk.routed(olga, LINE, "maintenance") == ("eva",)
    assert desk.routed(olga, LINE, "nonsense") is None
    for who in (Identity("m", Role.MANAGER, ("*",)), Identity("o", Role.OPERATOR, ("site/other",))):
        assert desk.routed(who, LINE, "maintenance") is None
