"""What people do about alerts: within rights and scope, one after the other, on record; and what page and API show."""

import csv
import io
import json

import msgspec
import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound
from app.boards.alerts import TABS, AlertsQuestion
from app.commands.alarms import AlertDesk
from app.commands.ground import Ground
from app.domain.accounting.buckets import Bucket
from app.domain.alerts.condition import EscalationStep
from app.domain.alerts.lifecycle import AlarmState
from app.domain.alerts.worth import foreseen, share
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS
from app.domain.roles import Identity, Role
from app.domain.suggestion import Said
from app.historian import schema
from app.historian.alert_schema import alarms, alert_events, alerts
from app.historian.away import DatabaseAway
from app.historian.database import migrate, open_database
from app.text.numbers import Numbers
from app.text.said import words
from layouts.components.pagebox import PageHead
from layouts.supervisor.alerts import layout
from tests.decider.rig import Rig, a_condition, a_rule
from tests.sample_boards import LINE, NOW
from tests.web.parts import OTHER_LINE, MemoryAccounts, a_plant
from tests.web.world import SAME, World

FILLER = f"{LINE}/filler"
SUE = Identity("sue", Role.SUPERVISOR, ("*",))
OTTO = Identity("otto", Role.OPERATOR, (LINE,))
EVA = Identity("eva", Role.ENGINEER, ("*",))
MIA = Identity("mia", Role.MANAGER, ("*",))
WALL = Identity("hall", Role.DISPLAY, ("*",))
AWAY = Identity("ede", Role.ENGINEER, (OTHER_LINE,))
QUICK = {"on_delay_ms": 0, "off_delay_ms": 0}


class Clock:
    ms = NOW

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def rig(tmp_path):
    engine = open_database(None, tmp_path)
    migrate(engine)
    found = Rig(engine, rules={"hot": a_rule(**QUICK), "jam": a_rule("jam", priority="low", **QUICK)})
    yield found
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trail() -> MemoryAccounts:
    return MemoryAccounts()


@pytest.fixture
def desk(rig, clock, trail) -> AlertDesk:
    plant = a_plant()
    return AlertDesk(Ground(lambda: plant, rig.database, trail, None, None, clock))


def raised(rig: Rig, rule: str = "hot", equipment: str = FILLER, at: int = NOW) -> int:
    """Let an alert come; return its number."""
    rig.holds.append(a_condition(equipment, rule, since=at))
    rig.watch.step(at)
    return next(a.id for a in rig.store.open() if a.raising.rule.id == rule)


def one(desk: AlertDesk, who: Identity = SUE, **asked):
    (row,) = desk.board(who, AlertsQuestion(**asked)).rows
    return row


def test_an_alert_is_acknowledged_once_and_the_second_sees_the_first(desk, rig, trail) -> None:
    number = raised(rig)
    saw = one(desk).standing.version
    desk.acknowledge(OTTO, number, saw)
    assert one(desk).state is AlarmState.ACKNOWLEDGED
    with pytest.raises(Conflict, match="otto"):
        desk.acknowledge(SUE, number, saw)
    with pytest.raises(Conflict, match="acknowledged it already"):
        desk.acknowledge(SUE, number)
    assert [row[1:4] for row in trail.rows] == [("otto", "alerts.acknowledged", FILLER)]
    assert [(e.what, e.by) for e in one(desk).history] == [("raised", None), ("told", None), ("acknowledged", "otto")]


def test_a_shelf_has_an_end_and_a_reason_and_can_be_undone(desk, rig, clock) -> None:
    number = raised(rig)
    for until, reason in ((NOW, "x"), (NOW + DAY_MS + 1, "x"), (NOW + HOUR_MS, "  "), (NOW + HOUR_MS, "x" * 301)):
        with pytest.raises(Invalid):
            desk.shelve(SUE, number, until, reason)
    assert desk.shelf_end(SUE, number, "30") == NOW + 30 * MINUTE_MS
    assert NOW < desk.shelf_end(SUE, number, "shift") <= NOW + DAY_MS
    with pytest.raises(Invalid):
        desk.shelf_end(SUE, number, "for ever")
    desk.shelve(SUE, number, NOW + HOUR_MS, "fitter is there")
    assert desk.board(SUE, AlertsQuestion()).rows == ()
    (row,) = desk.board(SUE, AlertsQuestion("hidden")).hidden
    alarm = row.standing.alarm
    assert (alarm.state, alarm.until, alarm.reason, row.standing.by) == (
        AlarmState.SHELVED, NOW + HOUR_MS, "fitter is there", "sue"
    )  # fmt: skip
    desk.unshelve(EVA, "hot", FILLER, row.standing.version)
    assert one(desk).state is AlarmState.UNACKNOWLEDGED
    with pytest.raises(Conflict):
        desk.unshelve(EVA, "hot", FILLER)


def test_a_rule_is_out_of_service_at_one_machine_until_brought_back(desk, rig) -> None:
    raised(rig)
    with pytest.raises(NotFound):
        desk.out_of_service(SUE, "unheard", FILLER, "x")
    with pytest.raises(NotFound):
        desk.out_of_service(SUE, "hot", f"{LINE}/nothing", "x")
    desk.out_of_service(SUE, "hot", FILLER, "heater removed")
    assert [r.standing.alarm.state for r in desk.board(SUE, AlertsQuestion("hidden")).hidden] == [
        AlarmState.OUT_OF_SERVICE
    ]
    desk.out_of_service(SUE, "jam", FILLER, "never came, not wanted either")
    assert len(desk.board(SUE, AlertsQuestion("hidden")).hidden) == 2
    desk.back(SUE, "hot", FILLER)
    assert one(desk).state is AlarmState.UNACKNOWLEDGED
    with pytest.raises(Conflict):
        desk.back(SUE, "hot", FILLER)


@pytest.mark.parametrize("who", [MIA, WALL, AWAY], ids=lambda who: who.name)
def test_who_may_not_does_nothing(desk, rig, trail, who) -> None:
    number = raised(rig)
    before = rig.store.standings()
    for ask in (
        lambda: desk.acknowledge(who, number),
        lambda: desk.shelve(who, number, NOW + HOUR_MS, "x"),
        lambda: desk.out_of_service(who, "hot", FILLER, "x"),
        lambda: desk.unshelve(who, "hot", FILLER),
        lambda: desk.back(who, "hot", FILLER),
    ):
        with pytest.raises((Forbidden, NotFound)):
            ask()
    assert (rig.store.standings(), trail.rows) == (before, [])
    assert len(desk.board(who, AlertsQuestion()).rows) == (0 if who is AWAY else 1)


def test_an_operator_answers_and_does_not_shelve_and_a_wall_does_not_judge(desk, rig) -> None:
    number = raised(rig)
    for ask in (
        lambda: desk.shelve(OTTO, number, NOW + HOUR_MS, "x"),
        lambda: desk.shelf_end(OTTO, number, "shift"),
        lambda: desk.judge(WALL, number, "wrong"),
    ):
        with pytest.raises(Forbidden):
            ask()
    with pytest.raises(NotFound):
        desk.judge(AWAY, number, "wrong")
    board = desk.board(OTTO, AlertsQuestion())
    assert (board.may_answer, board.may_shelve, board.may_judge) == (True, False, True)


def test_the_last_word_of_each_person_counts(desk, rig) -> None:
    number = raised(rig)
    for who, verdict in ((OTTO, "wrong"), (SUE, "useful"), (OTTO, "known")):
        desk.judge(who, number, verdict)
    with pytest.raises(Invalid):
        desk.judge(SUE, number, "lovely")
    row = one(desk)
    assert {f.by: f.verdict for f in row.feedback} == {"otto": "known", "sue": "useful"}
    assert (row.judged_by("otto"), row.judged_by("eva")) == ("known", None)
    assert [e.what for e in row.history].count("judged") == 3


def test_alerts_are_listed_by_priority_then_time_and_narrowed_by_place(desk, rig) -> None:
    rig.rules["late"] = a_rule("late", **QUICK)
    for rule, at in (("jam", NOW + 2_000), ("hot", NOW), ("late", NOW + 1_000)):
        raised(rig, rule, at=at)
    shown = [row.kept.raising.rule.id for row in desk.board(SUE, AlertsQuestion()).rows]
    assert shown == ["late", "hot", "jam"]
    assert [r.kept.raising.rule.id for r in desk.board(SUE, AlertsQuestion(priority="low")).rows] == ["jam"]
    assert desk.board(SUE, AlertsQuestion(place=OTHER_LINE)).rows == ()
    with pytest.raises(Forbidden):
        desk.board(AWAY, AlertsQuestion(place=LINE))


def test_nothing_is_half_done_when_the_record_cannot_be_written(rig) -> None:
    with rig.database.begin() as connection:
        alert_events.drop(connection)
    rig.holds = [a_condition(FILLER, since=NOW)]
    with pytest.raises(DatabaseAway):
        rig.watch.step(NOW)
    with rig.database.begin() as connection:
        assert connection.execute(alarms.select()).all() == []
        assert connection.execute(alerts.select()).all() == []
        alert_events.create(connection)
    rig.watch.step(NOW + 1_000)
    assert rig.happened() == ["raised", "told"]


def test_a_rule_below_its_floor_is_proposed_and_goes_on(desk, rig) -> None:
    for n in range(10):
        number = raised(rig, at=NOW + n * MINUTE_MS)
        desk.judge(SUE, number, "useful" if n < 2 else "wrong")
        desk.acknowledge(SUE, number)
        rig.holds = []
        rig.watch.step(NOW + n * MINUTE_MS + 1_000)
        if n == 8:
            assert not verdict_on(desk, "hot").worth.is_proposed, "nine judgements are not enough"
    row = verdict_on(desk, "hot")
    assert (row.worth.precision.k, row.worth.precision.n, row.worth.is_proposed) == (2, 10, True)
    assert raised(rig, at=NOW + HOUR_MS)


def verdict_on(desk: AlertDesk, rule: str):
    desk.ground.now.ms = NOW + HOUR_MS
    found = next(row for row in desk.board(SUE, AlertsQuestion("rules")).rules if row.rule.id == rule)
    desk.ground.now.ms = NOW
    return found


def test_recall_counts_the_stops_that_an_alert_came_before(desk, rig, clock) -> None:
    raised(rig)
    for start in (NOW - HOUR_MS, NOW, NOW + 1, NOW + HOUR_MS, NOW + HOUR_MS + 1):
        a_stop(rig, FILLER, start)
    a_stop(rig, FILLER, NOW + 2, Bucket.SETUP)
    clock.ms = NOW + 2 * HOUR_MS
    row = next(row for row in desk.board(SUE, AlertsQuestion("rules")).rules if row.rule.id == "hot")
    assert (row.worth.recall.k, row.worth.recall.n) == (2, 5)


def a_stop(rig: Rig, machine: str, start: int, bucket: Bucket = Bucket.UNPLANNED_STOP) -> None:
    row = {"machine": machine, "start": start, "end": start + 1, "hour": 0, "bucket": bucket, "version": 1}
    with rig.database.begin() as connection:
        connection.execute(schema.episodes.insert().values(**row, edits="[]"))


def test_an_alert_about_a_line_comes_before_stops_of_its_machines_only() -> None:
    stops = [("s/a/l/m", 100), ("s/a/l2/m", 100)]
    assert foreseen(stops, [("s/a/l", 50)], 60) == 1
    assert foreseen(stops, [("s/a/l", 100), ("s/a/l", 39)], 60) == 0


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (2, 10), (30, 30), (17, 400)])
def test_the_interval_is_wilsons(k, n) -> None:
    from scipy.stats import binomtest

    ours, theirs = share(k, n), binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert (ours.mid, ours.low, ours.high) == (k / n, pytest.approx(theirs.low), pytest.approx(theirs.high))


def test_health_counts_what_came_onto_screens(desk, rig, clock) -> None:
    rig.rules["hot"] = a_rule(**QUICK, escalation=())
    for n in range(3):
        rig.holds = [a_condition(FILLER, since=NOW + n * 10_000)]
        rig.watch.step(NOW + n * 10_000)
        rig.holds = []
        rig.watch.step(NOW + n * 10_000 + 4_000)
    clock.ms = NOW + HOUR_MS
    (told,) = desk.board(SUE, AlertsQuestion("health")).health
    assert (told.owner, told.area, told.count, told.peak, told.fleeting) == ("operator", "leipzig/bottling", 3, 3, 3)
    assert told.chattering == (("hot", FILLER),)
    assert desk.board(AWAY, AlertsQuestion("health")).health == ()


def every_state(desk: AlertDesk, rig: Rig) -> None:
    """Have an alert in each state of the life cycle, and low ones that wait."""
    names = ["waits", "known", "gone", "shelved", "suppressed", "out", "ended", *(f"low{n}" for n in range(8))]
    rig.rules = {n: a_rule(n, priority="low" if n.startswith("low") else "medium", **QUICK) for n in names}
    rig.rules["bad"] = a_rule("bad", response=None)
    hidden = {"suppressed_by": "setup"}
    rig.holds = [a_condition(FILLER, n, NOW, **(hidden if n == "suppressed" else {})) for n in names]
    rig.watch.step(NOW)
    number = {a.raising.rule.id: a.id for a in rig.store.open()}
    desk.acknowledge(OTTO, number["known"])
    desk.acknowledge(OTTO, number["ended"])
    desk.shelve(SUE, number["shelved"], NOW + HOUR_MS, "fitter is there")
    desk.out_of_service(SUE, "out", FILLER, "heater removed")
    rig.holds = [c for c in rig.holds if c.rule not in ("gone", "ended")]
    rig.watch.step(NOW + 1_000)


def text_of(desk: AlertDesk, lang: str, who: Identity = SUE, **asked) -> str:
    board = desk.board(who, AlertsQuestion(**asked))
    page = layout(PageHead("key", "Alerts", NOW), board, {LINE: "Line 1"}, lang)
    return json.dumps(page.to_plotly_json(), default=lambda part: part.to_plotly_json(), ensure_ascii=False)


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_draws_nothing_and_every_state(desk, rig, tab, lang) -> None:
    assert "alert-none" in text_of(desk, lang, tab=tab)
    every_state(desk, rig)
    drawn = text_of(desk, lang, tab=tab)
    assert "alert-none" not in drawn
    seen = {state for state in AlarmState if f'"data-alarm": "{state.value}"' in drawn}
    assert seen == {
        "open": {AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED},
        "hidden": {AlarmState.SHELVED, AlarmState.SUPPRESSED_BY_DESIGN, AlarmState.OUT_OF_SERVICE},
        "ended": {AlarmState.NORMAL},
    }.get(tab, set())
    assert ("alert-waits" in drawn) == (tab == "open")


def test_what_somebody_may_not_is_not_offered(desk, rig) -> None:
    every_state(desk, rig)
    assert '"data-ask": "acknowledge"' in text_of(desk, "en", OTTO)
    assert '"data-send": "shelve"' not in text_of(desk, "en", OTTO)
    assert '"data-ask"' not in text_of(desk, "en", WALL)


def test_plant_peoples_own_words_are_said_in_the_readers_language_with_its_numbers() -> None:
    own = Said("rules.own", {"en": "{value} bar, {odd}", "de": "{value} Bar", "value": 6.25})
    assert words(own, Numbers("en", "UTC")) == "6.25 bar, {odd}"
    assert words(own, Numbers("de", "UTC")) == "6,25 Bar"
    assert words(Said("plain words"), Numbers("de", "UTC")) == "plain words"


@pytest.fixture
def world(valkey) -> World:
    found = World(valkey.url)
    found.redis.flushall()
    return found


@pytest.mark.redis
def test_the_api_lists_acknowledges_shelves_and_judges(world) -> None:
    loud = (EscalationStep(0, "operator", "sound"),)
    rig = Rig(world.database, rules={"hot": a_rule(**QUICK, escalation=loud)})
    number = raised(rig)
    client = world.signed_in(Role.SUPERVISOR)
    (row,) = msgspec.json.decode(client.get(f"/api/v1/alerts?equipment={LINE}&lang=de").data)["alerts"]
    assert (row["id"], row["state"], row["title"], row["sounding"]) == (
        number, "unacknowledged", "hot: Füller zu heiß", True
    )  # fmt: skip
    table = csv.DictReader(io.StringIO(client.get("/api/v1/alerts", headers={"Accept": "text/csv"}).text))
    assert [line["rule"] for line in table] == ["hot"]
    route, saw = f"/api/v1/alerts/{number}", {"version": row["version"]}
    assert client.post(f"{route}/judge", json={"verdict": "useful"}, headers=SAME).status_code == 200
    assert client.post(f"{route}/acknowledge", json=saw, headers=SAME).status_code == 200
    assert client.post(f"{route}/acknowledge", json=saw, headers=SAME).status_code == 409
    assert msgspec.json.decode(client.get("/api/v1/alerts?state=unacknowledged").data)["alerts"] == []
    shelf = {"until": world.clock() + HOUR_MS, "reason": "known"}
    assert client.post(f"{route}/shelve", json={**shelf, "reason": ""}, headers=SAME).status_code == 400
    assert client.post(f"{route}/shelve", json=shelf, headers=SAME).status_code == 200
    assert client.get("/api/v1/alerts?state=odd").status_code == 400
    assert client.post("/api/v1/alerts/odd/judge", json={"verdict": "useful"}, headers=SAME).status_code == 404


@pytest.mark.redis
def test_over_rest_an_alarm_goes_off_the_screen_and_comes_back(world: World) -> None:
    rig = Rig(world.database, rules={"hot": a_rule(**QUICK)})
    number = raised(rig, at=world.clock())
    client = world.signed_in(Role.SUPERVISOR)

    def post(what: str, **body: object) -> int:
        return client.post(f"/api/v1/alerts/{what}", json=body, headers=SAME).status_code

    def hidden() -> list[tuple[str, str, str]]:
        found = msgspec.json.decode(client.get(f"/api/v1/alerts/hidden?equipment={LINE}").data)["hidden"]
        return [(row["state"], row["reason"], row["by"]) for row in found]

    spot = {"rule": "hot", "equipment": FILLER}
    assert post(f"{number}/shelve", until=world.clock() + HOUR_MS, reason="known") == 200
    assert hidden() == [("shelved", "known", "supervisor")]
    assert post("unshelve", **spot, version=99) == 409
    assert post("unshelve", **spot) == 200
    assert post("out-of-service", **spot, reason=" ") == 400
    assert post("out-of-service", **spot, reason="sensor is broken") == 200
    assert hidden() == [("out_of_service", "sensor is broken", "supervisor")]
    assert post("in-service", **spot) == 200
    assert post("in-service", **spot) == 409
    assert hidden() == []
    for wrong in ("filler", f"{LINE}/nothing", OTHER_LINE.rpartition("/")[2] + "/x"):
        assert post("out-of-service", rule="hot", equipment=wrong, reason="x") == 404
    table = csv.DictReader(io.StringIO(client.get("/api/v1/alerts/hidden", headers={"Accept": "text/csv"}).text))
    assert list(table) == []
    assert [row[2] for row in world.store.rows if row[1] == "supervisor"][-1] == "alerts.in_service"


@pytest.mark.redis
def test_ended_alerts_are_read_page_by_page_in_a_window_and_within_scope(world: World) -> None:
    rules = {key: a_rule(key, **QUICK) for key in ("one", "two", "three", "there", "soon")}
    rig, start = Rig(world.database, rules=rules), world.clock() - 6 * HOUR_MS
    for hour, (key, where) in enumerate([("one", FILLER), ("two", FILLER), ("there", f"{OTHER_LINE}/packer"),
                                         ("three", LINE)]):  # fmt: skip
        at = start + hour * HOUR_MS
        number = raised(rig, key, where, at)
        AlertDesk(Ground(lambda: world.plant, rig.database, world.store, None, None, lambda at=at: at)).acknowledge(
            EVA, number
        )
        rig.holds.clear()
        rig.watch.step(at + 1)
    raised(rig, "soon", at=world.clock())
    client = world.signed_in(Role.OPERATOR, LINE)
    window = f"from={start}&to={world.clock()}"
    first = client.get(f"/api/v1/alerts/ended?{window}&limit=2")
    found = msgspec.json.decode(first.data)
    assert [row["rule"] for row in found["alerts"]] == ["one", "two"]
    assert (found["alerts"][0]["state"], found["alerts"][0]["ended_at"]) == ("normal", start + 1)
    assert 'rel="next"' in first.headers["Link"]
    rest = msgspec.json.decode(client.get(f"/api/v1/alerts/ended?{window}&limit=2&cursor={found['next']}").data)
    assert ([row["rule"] for row in rest["alerts"]], rest["next"]) == (["three"], None)
    late = client.get(f"/api/v1/alerts/ended?from={start + HOUR_MS}&to={start + 2 * HOUR_MS}")
    assert [row["rule"] for row in msgspec.json.decode(late.data)["alerts"]] == ["two"]
    assert client.get(f"/api/v1/alerts/ended?equipment={OTHER_LINE}").status_code == 403
    assert client.get("/api/v1/alerts/ended?cursor=odd").status_code == 400
    table = csv.DictReader(
        io.StringIO(client.get(f"/api/v1/alerts/ended?{window}", headers={"Accept": "text/csv"}).text)
    )
    assert [line["rule"] for line in table] == ["one", "two", "three"]
