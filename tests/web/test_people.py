"""Handover, practice and skills as people ask for them: life of a signature, scope, what is private, REST."""

import pytest
from flask import Response

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound
from app.commands.desk import CommandDesk
from app.commands.ground import Ground
from app.commands.people import PeopleDesk
from app.domain.events import streams
from app.domain.roles import Identity, Role
from app.streams.boards import RedisBoards
from app.streams.desk import Desk
from tests.sample_boards import LINE, SHIFT
from tests.web.parts import OTHER_LINE
from tests.web.world import SAME

pytestmark = pytest.mark.redis
OLGA, OMAR = (Identity(name, Role.OPERATOR, ("leipzig/bottling",)) for name in ("olga", "omar"))
SUE = Identity("sue", Role.SUPERVISOR, ("leipzig/bottling",))
MIA = Identity("mia", Role.MANAGER, ("*",))
ELSE = Identity("else", Role.SUPERVISOR, (OTHER_LINE,))
DISPLAY = Identity("hall", Role.DISPLAY, ("*",))
PUT = {"person": "olga", "place": f"{LINE}/filler", "task": "repair", "level": "2", "until": "2026-12-31"}


@pytest.fixture
def people(world):
    world.publish()
    boards = RedisBoards(world.redis)
    desk = CommandDesk(lambda: world.plant, Desk(world.redis), world.store, boards, world.past, world.clock)
    return PeopleDesk(Ground(lambda: world.plant, world.database, world.store, boards, desk, world.clock))


def test_a_draft_is_written_from_the_running_shift(people) -> None:
    board = people.handover.board(OLGA, LINE)
    assert (board.shift.key, board.is_running) == (SHIFT.key, True)
    keys = [item.key for item in board.items]
    assert keys[:3] == ["output", "startup", "oee"]
    assert "order:4711" in keys


def test_what_was_signed_never_changes_and_is_added_to(people, world) -> None:
    desk = people.handover
    desk.strike(OLGA, LINE, SHIFT.key, "startup")
    desk.note(OLGA, LINE, SHIFT.key, "Label roll is low", "")
    with pytest.raises(Conflict):
        desk.add(OLGA, LINE, SHIFT.key, "too early")
    desk.sign(OLGA, LINE, SHIFT.key, "Label roll is low", "Label roll is low")
    signed = desk.board(OMAR, LINE, SHIFT.key).handover
    assert (signed.signed_by, signed.note) == ("olga", "Label roll is low")
    assert "startup" not in [item.key for item in signed.items]
    for act in (
        lambda: desk.sign(OMAR, LINE, SHIFT.key, "", ""),
        lambda: desk.note(OMAR, LINE, SHIFT.key, "x", "Label roll is low"),
        lambda: desk.strike(OMAR, LINE, SHIFT.key, "oee"),
    ):
        with pytest.raises(Conflict, match="olga"):
            act()
    world.clock.ms += 60_000
    desk.add(OMAR, LINE, SHIFT.key, "Roll was changed")
    after = desk.board(OMAR, LINE, SHIFT.key).handover
    assert [(a.by, a.text) for a in after.addenda] == [("omar", "Roll was changed")]
    assert (after.items, after.note, after.signed_at) == (signed.items, signed.note, signed.signed_at)
    assert {"handover.sign", "handover.add", "handover.note"} <= {row[2] for row in world.store.rows}


def test_the_second_who_writes_a_note_sees_the_first(people) -> None:
    people.handover.note(OLGA, LINE, SHIFT.key, "first", "")
    with pytest.raises(Conflict, match="first"):
        people.handover.note(OMAR, LINE, SHIFT.key, "second", "")


def test_the_next_reads_it_once_and_its_signer_never_has_to(people) -> None:
    people.handover.sign(OLGA, LINE, SHIFT.key, "", "")
    assert people.handover.unread(OLGA, LINE) is None
    assert people.handover.unread(ELSE, LINE) is None
    assert people.handover.unread(OMAR, LINE).shift == SHIFT.key
    people.handover.read(OMAR, LINE, SHIFT.key)
    assert people.handover.unread(OMAR, LINE) is None
    assert people.handover.board(OLGA, LINE, SHIFT.key).handover.read_by == ("olga", "omar")


@pytest.mark.parametrize("who", [MIA, ELSE, DISPLAY])
def test_who_may_not_sign_does_not(people, who) -> None:
    for act in (
        lambda: people.handover.sign(who, LINE, SHIFT.key, "", ""),
        lambda: people.handover.note(who, LINE, SHIFT.key, "x", ""),
        lambda: people.handover.strike(who, LINE, SHIFT.key, "oee"),
        lambda: people.handover.add(who, LINE, SHIFT.key, "x"),
        lambda: people.handover.read(who, LINE, SHIFT.key),
    ):
        with pytest.raises(Forbidden):
            act()
    assert people.handover.board(SUE, LINE).handover.note == ""


def test_a_note_has_its_limits(people) -> None:
    with pytest.raises(Invalid):
        people.handover.note(OLGA, LINE, SHIFT.key, "x" * 2_001, "")
    with pytest.raises(Invalid):
        people.handover.note(OLGA, LINE, SHIFT.key, "a\x00b", "")
    with pytest.raises(NotFound):
        people.handover.note(OLGA, LINE, "2026-11-23/never", "x", "")


def test_signed_handovers_are_read_over_rest_within_scope(people, world) -> None:
    people.handover.sign(OLGA, LINE, SHIFT.key, "note", "")
    client = world.signed_in(Role.MANAGER)
    (row,) = client.get(f"/api/v1/handovers?equipment={LINE}").json["handovers"]
    assert (row["signed_by"], row["note"], row["shift"]) == ("olga", "note", SHIFT.key)
    assert any("OEE" in said["text"] for said in row["sentences"])
    assert client.get(f"/api/v1/handovers?equipment={OTHER_LINE}").json == {"handovers": []}


def test_practice_reaches_no_stream_and_nobody_else(people, world) -> None:
    desk = people.practice
    scene = desk.board(OLGA, LINE).scenes[0]
    desk.begin(OLGA, LINE, scene.key, "30")
    world.clock.ms += scene.stops[0].start // 30 + 1_000
    desk.classify(OLGA, LINE, "0", scene.stops[0].reason)
    desk.call(OLGA, LINE, "maintenance")
    desk.end(OLGA, LINE)
    (run,) = desk.board(OLGA, LINE).earlier
    assert (run.feedback.stops[0].rating, run.feedback.stops[0].classify_ms) == ("right", 30_000)
    assert desk.board(OMAR, LINE).earlier == ()
    assert world.redis.xlen(streams.events(LINE)) == 0
    with pytest.raises(Conflict):
        desk.call(OLGA, LINE, "maintenance")


def test_a_scene_that_has_run_out_ends_itself_and_what_has_not_begun_cannot_be_classified(people, world) -> None:
    desk = people.practice
    scene = desk.board(OLGA, LINE).scenes[0]
    desk.begin(OLGA, LINE, scene.key, "10")
    with pytest.raises(NotFound):
        desk.classify(OLGA, LINE, "0", "jam-infeed")
    world.clock.ms += scene.length
    board = desk.board(OLGA, LINE)
    assert board.run is None
    assert board.earlier[0].ended_at == board.earlier[0].started_at + scene.length // 10
    with pytest.raises(Invalid):
        desk.begin(OLGA, LINE, scene.key, "7")
    with pytest.raises(Forbidden):
        desk.begin(ELSE, LINE, scene.key, "10")


def test_a_supervisor_keeps_skills_and_a_gap_closes(people, world) -> None:
    desk = people.skills
    assert all(one.is_gap for one in desk.board(OLGA, LINE).covers)
    desk.put(SUE, LINE, PUT)
    board = desk.board(OLGA, LINE)
    assert [(c.task, c.is_gap) for c in board.covers if not c.is_gap] == [("repair", False)]
    assert [s.person for s in board.called["maintenance"]] == ["olga"]
    desk.need(SUE, LINE, "repair", "2")
    assert all(one.is_gap for one in desk.board(OLGA, LINE).covers)
    world.clock.ms += 60 * 86_400_000
    assert desk.board(OLGA, LINE).called["maintenance"] == ()
    desk.remove(SUE, LINE, "olga", PUT["place"], "repair")
    assert desk.board(OLGA, LINE).skills == ()
    assert {"skills.put", "skills.need", "skills.remove"} <= {row[2] for row in world.store.rows}


@pytest.mark.parametrize("who", [OLGA, MIA, ELSE, DISPLAY])
def test_who_may_not_keep_skills_does_not(people, who) -> None:
    for act in (
        lambda: people.skills.put(who, LINE, PUT),
        lambda: people.skills.remove(who, LINE, "olga", PUT["place"], "repair"),
        lambda: people.skills.need(who, LINE, "repair", "2"),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize(
    "change", [{"person": " "}, {"place": OTHER_LINE}, {"level": "4"}, {"until": "soon"}, {"task": "x"}, {"shift": "x"}]
)
def test_what_cannot_be_a_qualification_is_refused(people, change) -> None:
    with pytest.raises((Invalid, NotFound)):
        people.skills.put(SUE, LINE, PUT | change)


def looked_again(world, client) -> Response:
    """What the page of a handover draws again by itself."""
    chosen = world.web.pages.dash.callback_map.items()
    output, spec = next((key, s) for key, s in chosen if s["inputs"] and s["inputs"][0]["id"] == "handover-look")
    part, name = output.split(".")
    body = {
        "output": output,
        "outputs": {"id": part, "property": name},
        "inputs": [{**spec["inputs"][0], "value": 1}],
        "state": [{**spec["state"][0], "value": {"line": LINE, "shift": SHIFT.key, "note": ""}}],
        "changedPropIds": ["handover-look.n_intervals"],
    }
    return client.post("/_dash-update-component", json=body, headers=SAME)


def test_a_draft_that_lies_open_is_drawn_again_until_somebody_signs(people, world) -> None:
    """Who signs at two what was drawn at one would put their name under figures they never saw."""
    client = world.signed_in(Role.OPERATOR)
    first = looked_again(world, client)
    assert first.status_code == 200
    assert "4711" in first.text
    people.handover.strike(OLGA, LINE, SHIFT.key, "startup")
    assert "is-out" in looked_again(world, client).text
    people.handover.sign(OLGA, LINE, SHIFT.key, "", "")
    assert looked_again(world, client).status_code == 204
