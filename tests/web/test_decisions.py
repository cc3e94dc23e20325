"""Decisions over a whole server: who may decide what, once, carried out once; pages and REST in every state."""

import threading

import msgspec
import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound, Unavailable
from app.commands.decisions import DecisionDesk, actors_of
from app.commands.desk import CommandDesk
from app.commands.ground import Ground
from app.domain.roles import Identity, Permission, Role
from app.domain.suggestion import Decision, Said
from app.historian.suggestions import CLAIM_MS, Suggestions
from app.streams.boards import RedisBoards
from app.streams.desk import Desk
from tests.sample_boards import LINE, NOW
from tests.suggested import a_suggestion
from tests.web.parts import OTHER_LINE
from tests.web.world import SAME, World

pytestmark = pytest.mark.redis
AREA = "leipzig/bottling"
SUE = Identity("sue", Role.SUPERVISOR, ("*",))
OLGA = Identity("olga", Role.OPERATOR, (LINE,))
MIA = Identity("mia", Role.MANAGER, ("*",))
KEY, WORK = "alert|hot|1", "maintenance|wear|1"


def a_work_order(**changes):
    wanted = {"flow": "maintenance", "action": "work_order", "permission": Permission.MAKE_WORK_ORDER.value}
    return a_suggestion(WORK, **{**wanted, **changes})


class Workshop:
    """A flow that carries out; fails as often as told. made: suggestion keys in the order they were carried out."""

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.made = failures, []

    def act(self, who, suggestion) -> str:
        if self.failures:
            self.failures -= 1
            raise Unavailable("refused.away")
        self.made.append(suggestion.key)
        return f"WO-{len(self.made)}"


@pytest.fixture
def store(world: World) -> Suggestions:
    return Suggestions(world.database)


def a_desk(world: World, **actors) -> DecisionDesk:
    boards = RedisBoards(world.redis)
    say = CommandDesk(lambda: world.plant, Desk(world.redis), world.store, boards, world.past, world.clock)
    ground = Ground(lambda: world.plant, world.database, world.store, boards, say, world.clock)
    return DecisionDesk(ground, actors_of(actors))


def written(world: World) -> list[str]:
    return [row[2] for row in world.store.rows]


def test_the_list_holds_what_they_may_decide_best_first(world, store) -> None:
    better = a_suggestion("b", confidence=0.99)
    elsewhere = a_suggestion("elsewhere", equipment=OTHER_LINE)
    write = a_suggestion("write", permission=Permission.APPROVE_WRITE.value, gain=None)
    store.put([a_suggestion(), better, elsewhere, write, a_suggestion("nobody", permission="fly")], NOW)
    store.put([a_suggestion("over", until=NOW)], NOW)
    desk = a_desk(world)
    assert [r.suggestion.key for r in desk.open(SUE, AREA)] == ["b", KEY, "write"]
    assert [r.suggestion.key for r in desk.open(OLGA, LINE)] == ["b", KEY]
    assert [r.suggestion.key for r in desk.open(Identity("eve", Role.SUPERVISOR, (OTHER_LINE,)), "leipzig")] == [
        "elsewhere"
    ]
    board = desk.board(MIA, "leipzig")
    assert (board.offers, board.elsewhere) == ((), 5)
    assert desk.best(OLGA, LINE).ranked.suggestion.key == "b"
    with pytest.raises(NotFound):
        desk.open(SUE, "nowhere")
    with pytest.raises(Forbidden):
        desk.open(Identity("hall", Role.DISPLAY, ("*",)), LINE)


def test_what_is_accepted_is_carried_out_once_and_keeps_its_reference(world, store) -> None:
    store.put([a_work_order()], NOW)
    workshop = Workshop()
    desk = a_desk(world, maintenance=workshop)
    done = desk.decide(SUE, WORK, "accepted", "  before the night  ")
    assert (done.problem, done.decision) == (None, Decision(WORK, "accepted", "sue", NOW, "before the night", "WO-1"))
    assert store.get(WORK).decision == done.decision
    assert desk.carry_out(SUE, WORK) == "WO-1"
    assert workshop.made == [WORK]
    assert written(world) == ["decisions.accepted", "decisions.carried_out"]
    (shown,) = desk.board(SUE, AREA).decided
    assert (shown.is_undone, shown.may_act, shown.decision.reference) == (False, False, "WO-1")


def test_the_second_person_is_told_what_the_first_decided(world, store) -> None:
    store.put([a_work_order()], NOW)
    workshop = Workshop()
    desk = a_desk(world, maintenance=workshop)
    desk.decide(SUE, WORK, "accepted")
    with pytest.raises(Conflict, match="sue accepted it already"):
        desk.decide(OLGA, WORK, "wrong")
    assert workshop.made == [WORK]


def test_two_at_once_carry_out_once(world, store) -> None:
    store.put([a_work_order()], NOW)
    workshop = Workshop(failures=1)
    desk = a_desk(world, maintenance=workshop)
    assert desk.decide(SUE, WORK, "accepted").problem is not None
    inside, go = threading.Event(), threading.Event()

    class Slow(Workshop):
        def act(self, who, suggestion) -> str:
            inside.set()
            assert go.wait(20)
            return super().act(who, suggestion)

    slow = Slow()
    first = threading.Thread(target=lambda: a_desk(world, maintenance=slow).carry_out(SUE, WORK))
    first.start()
    assert inside.wait(20)
    with pytest.raises(Conflict, match="Somebody is carrying it out"):
        desk.carry_out(OLGA, WORK)
    go.set()
    first.join(20)
    assert (slow.made, workshop.made) == ([WORK], [])
    assert desk.carry_out(OLGA, WORK) == "WO-1"


def test_what_failed_stays_accepted_and_is_carried_out_again(world, store) -> None:
    store.put([a_work_order()], NOW)
    workshop = Workshop(failures=2)
    desk = a_desk(world, maintenance=workshop)
    done = desk.decide(SUE, WORK, "accepted")
    assert isinstance(done.problem, Unavailable)
    assert (done.decision.verdict, done.decision.reference) == ("accepted", None)
    (shown,) = desk.board(OLGA, LINE).decided
    assert (shown.is_undone, shown.may_act) == (True, True)
    with pytest.raises(Forbidden):
        desk.carry_out(MIA, WORK)
    with pytest.raises(Unavailable):
        desk.carry_out(OLGA, WORK)
    assert desk.carry_out(OLGA, WORK) == "WO-1"
    assert workshop.made == [WORK]
    assert store.get(WORK).decision.by == "sue"


def test_what_cannot_be_done_as_things_are_now_is_not_decided(world, store) -> None:
    """Another plan was accepted meanwhile: accepted but never to be carried out, it would hide its finding."""
    store.put([a_work_order()], NOW)

    class Overtaken:
        def act(self, who, suggestion) -> str:
            raise Conflict("schedule.refused.other", by="bo")

    with pytest.raises(Conflict, match="bo has accepted another plan"):
        a_desk(world, maintenance=Overtaken()).decide(SUE, WORK, "accepted")
    assert store.get(WORK).decision is None
    assert written(world)[-3:] == ["decisions.accepted", "decisions.carried_out", "decisions.taken_back"]
    done = a_desk(world, maintenance=Workshop()).decide(OLGA, WORK, "accepted")
    assert done.decision.reference == "WO-1"


def test_what_went_away_or_ran_out_while_somebody_decided_stays_undecided(world, store) -> None:
    store.put([a_work_order(), a_suggestion(until=NOW + 5)], NOW)
    store.withdraw("maintenance", (), NOW)
    assert not store.decide(Decision(WORK, "accepted", "sue", NOW))
    assert not store.decide(Decision(KEY, "accepted", "sue", NOW + 5))
    assert store.decide(Decision(KEY, "accepted", "sue", NOW + 4))


def test_a_claim_that_a_kill_left_behind_is_free_after_a_minute(world, store) -> None:
    store.put([a_work_order()], NOW)
    store.decide(Decision(WORK, "accepted", "sue", NOW))
    assert store.claim(WORK, NOW)
    desk = a_desk(world, maintenance=Workshop())
    world.clock.ms = NOW + CLAIM_MS - 1
    with pytest.raises(Conflict):
        desk.carry_out(SUE, WORK)
    world.clock.ms = NOW + CLAIM_MS
    assert desk.carry_out(SUE, WORK) == "WO-1"


def test_without_a_flow_that_can_a_call_is_an_andon_call_and_anything_else_is_refused_undecided(world, store) -> None:
    store.put([a_suggestion(flow="maintenance", payload={"call": "quality"}), a_work_order()], NOW)
    desk = a_desk(world)
    done = desk.decide(OLGA, KEY, "accepted")
    assert done.decision.reference.startswith("andon quality ")
    (said,) = world.events(LINE)
    assert (said["kind"], said["machine"], said["call"], said["by"]) == ("andon", LINE, "quality", "olga")
    with pytest.raises(Invalid):
        desk.decide(OLGA, WORK, "accepted")
    assert store.get(WORK).decision is None


def test_a_call_is_a_call_though_its_flow_has_a_desk(world, store) -> None:
    store.put([a_suggestion(flow="schedule", payload={"call": "leader"})], NOW)
    workshop = Workshop()
    done = a_desk(world, schedule=workshop).decide(OLGA, KEY, "accepted")
    assert done.decision.reference.startswith("andon leader ")
    assert workshop.made == []


@pytest.mark.parametrize(
    ("who", "remedy", "is_offered"),
    [
        (SUE, "extra_shift", True),
        (MIA, "resequence", True),
        (MIA, "extra_shift", False),  # a manager plans, but opens no shift
        (Identity("lea", Role.SUPERVISOR, (LINE,)), "resequence", False),  # a plan is its site's
    ],
)
def test_a_change_of_the_plan_is_offered_only_to_who_may_do_all_of_it(world, store, who, remedy, is_offered) -> None:
    site, plan = world.plant.sites[0].path, Permission.PLAN_ORDERS.value
    payload = {"site": site, "line": LINE, "remedy": remedy}
    store.put([a_work_order(flow="schedule", action="reschedule", permission=plan, payload=payload)], NOW)
    workshop = Workshop()
    desk = a_desk(world, schedule=workshop)
    assert [one.suggestion.key for one in desk.open(who, LINE)] == [WORK] * is_offered
    if is_offered:
        assert desk.decide(who, WORK, "accepted").decision.reference == "WO-1"
        return
    with pytest.raises(Forbidden):
        desk.decide(who, WORK, "accepted")
    assert (workshop.made, store.get(WORK).decision) == ([], None)


@pytest.mark.parametrize(
    ("change", "words"), [({"until": NOW}, "Its time is over"), ({"withdrawn": True}, "went away by itself")]
)
def test_what_is_over_or_went_away_is_not_decided(world, store, change, words) -> None:
    store.put([a_work_order(until=change.get("until"))], NOW - 1)
    if "withdrawn" in change:
        store.withdraw("maintenance", [], NOW)
    with pytest.raises(Conflict, match=words):
        a_desk(world, maintenance=Workshop()).decide(SUE, WORK, "accepted")
    assert store.get(WORK).decision is None


@pytest.mark.parametrize(
    ("who", "verdict", "error"),
    [
        (MIA, "accepted", Forbidden), (MIA, "rejected", Forbidden), (MIA, "wrong", None), (OLGA, "known", None),
        (OLGA, "rejected", None), (Identity("hall", Role.DISPLAY, ("*",)), "wrong", Forbidden),
        (Identity("eve", Role.ENGINEER, (OTHER_LINE,)), "wrong", NotFound), (SUE, "perhaps", Invalid),
    ],
)  # fmt: skip
def test_who_may_say_what(world, store, who, verdict, error) -> None:
    store.put([a_work_order()], NOW)
    desk = a_desk(world, maintenance=Workshop())
    if error is not None:
        with pytest.raises(error):
            desk.decide(who, WORK, verdict)
        assert store.get(WORK).decision is None
        assert written(world) == []
    else:
        assert desk.decide(who, WORK, verdict).decision.verdict == verdict
        assert written(world) == [f"decisions.{verdict}"]
        with pytest.raises(Conflict):
            desk.carry_out(SUE, WORK)


def test_odd_keys_and_long_notes_are_refused(world, store) -> None:
    store.put([a_work_order()], NOW)
    desk = a_desk(world, maintenance=Workshop())
    for key in ("", "x" * 401, "a\x00b", "nothing"):
        with pytest.raises(NotFound):
            desk.decide(SUE, key, "wrong")
    with pytest.raises(Invalid):
        desk.decide(SUE, WORK, "wrong", "x" * 501)


def test_verdicts_lower_what_is_believed_of_the_rule(world, store) -> None:
    store.put([a_suggestion(f"k{n}") for n in range(4)] + [a_suggestion()], NOW)
    desk = a_desk(world)
    before = desk.best(SUE, LINE).ranked
    for n in range(4):
        desk.decide(SUE, f"k{n}", "wrong")
    after = desk.best(SUE, LINE).ranked
    assert (before.confidence, after.confidence, after.record.wrong) == (0.8, 0.4, 4)


def test_rest_lists_decides_and_says_who_was_first(world, store) -> None:
    store.put([a_suggestion(), a_suggestion("=odd")], NOW)
    client, url = world.signed_in(Role.SUPERVISOR), f"/api/v1/decisions?equipment={LINE}"
    said = client.get(url).json
    assert [(row["key"], row["state"], row["gain"]) for row in said["decisions"]] == [
        ("=odd", "open", 200.0), (KEY, "open", 200.0)
    ]  # fmt: skip
    assert (said["decisions"][1]["said"], said["decisions"][1]["steps"][0]) == ("Valve 12 runs hot", "Close the valve")
    store.put([a_suggestion("own", title=Said("own", {"en": "Hot", "de": "Heiß"}), confidence=0.1)], NOW)
    assert client.get(f"{url}&lang=de").json["decisions"][2]["said"] == "Heiß"
    store.withdraw("alert", {KEY, "=odd"}, NOW)
    table = client.get(url, headers={"Accept": "text/csv"})
    assert table.mimetype == "text/csv"
    assert "Valve 12 runs hot" in table.text
    assert "'=odd" in table.text
    answer = client.post("/api/v1/decisions", json={"key": KEY, "verdict": "accepted"}, headers=SAME)
    assert answer.status_code == 200
    assert answer.json["reference"].startswith("andon leader ")
    again = client.post("/api/v1/decisions", json={"key": KEY, "verdict": "wrong"}, headers=SAME)
    assert (again.status_code, again.json["detail"]) == (409, "supervisor accepted it already.")
    assert client.post("/api/v1/decisions", json={"key": KEY, "verdict": "x"}, headers=SAME).status_code == 400
    assert [row["state"] for row in client.get(url).json["decisions"]] == ["open", "accepted"]
    assert msgspec.json.decode(client.get(f"/api/v1/decisions?equipment={LINE}/filler").data)["decisions"]
