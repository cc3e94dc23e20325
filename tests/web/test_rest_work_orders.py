"""Work orders over REST: made, planned, closed; what no database could hold is refused, with what would be right."""

import pytest

from app.domain.accounting.buckets import Bucket
from app.domain.accounting.episodes import Episode
from app.domain.accounting.facts import HourFact
from app.domain.decisions.work import failure_codes
from app.domain.interval import HOUR_MS
from app.domain.roles import Permission, Role
from app.historian.suggestions import Suggestions
from app.historian.writer import write
from tests.sample_boards import LINE, NOW
from tests.suggested import a_suggestion
from tests.web.world import SAME, World

pytestmark = pytest.mark.redis
MADE = {"machine": f"{LINE}/filler", "title": "change the valve", "why": "it leaks", "minutes": 30}


def test_an_order_goes_from_made_to_done(world: World) -> None:
    client = world.signed_in(Role.ENGINEER)
    number = client.post("/api/v1/work-orders", json=MADE, headers=SAME).json["number"]
    code = next(iter(failure_codes(world.plant.reasons)))
    for step in ({"do": "start"}, {"do": "done", "code": code, "minutes": 25}):
        [seen] = client.get(f"/api/v1/work-orders?equipment={LINE}").json["work_orders"]
        sent = {**step, "version": seen["version"]}
        assert client.patch(f"/api/v1/work-orders/{number}", json=sent, headers=SAME).status_code == 200
        assert client.patch(f"/api/v1/work-orders/{number}", json=sent, headers=SAME).status_code == 409
    [order] = client.get(f"/api/v1/work-orders?equipment={LINE}").json["work_orders"]
    assert (order["number"], order["title"], order["state"]) == (number, "change the valve", "done")
    assert (order["code"], order["minutes"]) == (code, 25)


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"do": "start", "version": 2**31}, "version"),
        ({"do": "start", "version": -1}, "version"),
        ({"do": "done", "version": 1, "minutes": -(2**70)}, "the body"),
        ({"do": "plan", "version": 1, "slot_from": 2**60, "slot_to": 2**61}, "slot_from"),
        ({"do": "cancel", "version": 1, "note": "a\x00b"}, "U+0000"),
    ],
)
def test_a_number_or_text_no_database_holds_is_refused_by_name(world: World, sent: object, named: str) -> None:
    client = world.signed_in(Role.ENGINEER)
    number = client.post("/api/v1/work-orders", json=MADE, headers=SAME).json["number"]
    answer = client.patch(f"/api/v1/work-orders/{number}", json=sent, headers=SAME)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert named in answer.json["detail"]


@pytest.mark.parametrize("number", [2**31, 2**80, 0])
def test_an_order_there_cannot_be_is_not_found(world: World, number: int) -> None:
    sent = {"do": "plan", "version": 1}
    answer = world.signed_in(Role.ENGINEER).patch(f"/api/v1/work-orders/{number}", json=sent, headers=SAME)
    assert answer.status_code == 404


def test_an_order_names_the_stop_it_repairs_as_it_is_made(world: World) -> None:
    client, machine = world.signed_in(Role.ENGINEER), MADE["machine"]
    stop = f"{machine}@{NOW - 60_000}"
    hour = NOW - NOW % HOUR_MS
    known = Episode(machine, NOW - 60_000, NOW, Bucket.UNPLANNED_STOP, reason="drive")
    told = HourFact(machine, hour, 1, NOW, [], [known])
    write(world.database, LINE, b"0-0", [told], b"1-0", NOW)
    sent = {**MADE, "kind": "preventive", "stop": stop}
    assert client.post("/api/v1/work-orders", json=sent, headers=SAME).status_code == 201
    [order] = client.get(f"/api/v1/work-orders?equipment={LINE}").json["work_orders"]
    assert (order["stop"], order["kind"]) == (stop, "corrective")
    for wrong in (f"{machine}@{NOW - 90_000}", f"{LINE}/capper@{NOW - 60_000}", "x"):
        assert client.post("/api/v1/work-orders", json={**MADE, "stop": wrong}, headers=SAME).status_code == 400


def test_an_order_of_a_suggestion_is_its_decision_made_once(world: World) -> None:
    client, store = world.signed_in(Role.ENGINEER), Suggestions(world.database)
    wanted = {"action": "work_order", "permission": Permission.MAKE_WORK_ORDER.value, "flow": "maintenance"}
    store.put([a_suggestion("wear", **wanted), a_suggestion("gone", **wanted), a_suggestion("call")], NOW)
    made = [client.post("/api/v1/work-orders", json={"suggestion": "wear"}, headers=SAME) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json == made[1].json
    decision = store.get("wear").decision
    assert (decision.verdict, decision.reference) == ("accepted", str(made[0].json["number"]))
    decided = client.post("/api/v1/decisions", json={"key": "gone", "verdict": "rejected"}, headers=SAME)
    assert decided.status_code == 200
    assert client.post("/api/v1/work-orders", json={"suggestion": "gone"}, headers=SAME).status_code == 409
    assert client.post("/api/v1/work-orders", json={"suggestion": "call"}, headers=SAME).status_code == 400
    assert store.get("call").decision is None


def test_a_start_alone_is_a_slot_as_long_as_the_work(world: World) -> None:
    client = world.signed_in(Role.ENGINEER)
    number = client.post("/api/v1/work-orders", json=MADE, headers=SAME).json["number"]
    begin = NOW + 10 * HOUR_MS
    wrong = {"do": "plan", "version": 1, "slot_to": begin}
    assert client.patch(f"/api/v1/work-orders/{number}", json=wrong, headers=SAME).status_code == 400
    sent = {"do": "plan", "version": 1, "slot_from": begin}
    assert client.patch(f"/api/v1/work-orders/{number}", json=sent, headers=SAME).status_code == 200
    [order] = client.get(f"/api/v1/work-orders?equipment={LINE}").json["work_orders"]
    assert (order["slot_from"], order["slot_to"]) == (begin, begin + 30 * 60_000)
