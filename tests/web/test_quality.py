"""The quality desk: who may do what to an adjustment and a protocol, and what it refuses."""

from dataclasses import replace

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound
from app.domain.roles import Identity, Role
from app.domain.suggestion import Said, Suggestion
from tests.quality_story import DRAFT, ELSEWHERE, ENGINEER, FILLER, LINE, MANAGER, OPERATOR, SUPERVISOR, Story
from tests.web.parts import memory_database
from tests.web.world import Clock, World

FAR = Identity("fritz", Role.OPERATOR, ("site/other",))


@pytest.fixture
def story() -> Story:
    return Story(memory_database())


def a_suggestion(story: Story, protocol: str, **payload) -> Suggestion:
    said = {"protocol": protocol, "from_value": 78.0, "to_value": 76.0, **payload}
    return Suggestion(
        f"quality|{protocol}", "quality", "quality.rise", FILLER, story.now, Said("quality.suggestion.title"),
        Said("quality.suggestion.why"), "adjust", "adjust_line", 0.9, payload=said,
    )  # fmt: skip


def an_adjustment(story: Story) -> str:
    return story.desk.act(OPERATOR, a_suggestion(story, story.desk.write_protocol(ENGINEER, DRAFT)))


@pytest.mark.parametrize("who", [OPERATOR, SUPERVISOR, MANAGER, ELSEWHERE])
def test_protocols_are_written_by_engineers_of_the_place_only(story: Story, who: Identity) -> None:
    with pytest.raises(Forbidden):
        story.desk.write_protocol(who, DRAFT)
    kept = story.desk.write_protocol(ENGINEER, DRAFT)
    with pytest.raises(Forbidden):
        story.desk.retire_protocol(who, kept)
    assert story.trail.whats() == ["quality.protocol"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"machine": "nowhere"}, {"signal": "total"}, {"signal": "unknown"}, {"low": "80", "high": "70"},
        {"max_step": "0"}, {"max_step": "11"}, {"low": "nan"}, {"high": "inf"}, {"low": "warm"}, {"steps": " "},
        {"back": "x" * 2_001}, {"permission": "manage_accounts"}, {"source": "nobody", "address": "A/B"},
        {"source": "plc", "address": ""}, {"source": "", "address": "A/B"},
    ],
    ids=str,
)  # fmt: skip
def test_a_protocol_that_cannot_be_right_is_refused(story: Story, wrong: dict) -> None:
    with pytest.raises(Invalid):
        story.desk.write_protocol(ENGINEER, replace(DRAFT, **wrong))
    assert story.desk.board(ENGINEER, LINE).protocols == ()


def test_a_protocol_has_versions_and_a_parameter_one_protocol(story: Story) -> None:
    kept = story.desk.write_protocol(ENGINEER, DRAFT)
    with pytest.raises(Conflict):
        story.desk.write_protocol(ENGINEER, DRAFT)
    assert story.desk.write_protocol(ENGINEER, replace(DRAFT, high="82,5", id=kept)) == kept
    (found,) = story.desk.board(OPERATOR, LINE).protocols
    assert (found.version, found.high, found.by, found.unit) == (2, 82.5, "eva", "C")
    story.desk.retire_protocol(ENGINEER, kept)
    assert story.desk.board(OPERATOR, LINE).protocols == ()
    with pytest.raises(NotFound):
        story.desk.act(OPERATOR, a_suggestion(story, kept))


@pytest.mark.parametrize("who", [MANAGER, ELSEWHERE, FAR])
def test_whoever_may_not_adjust_here_may_do_nothing_to_an_adjustment(story: Story, who: Identity) -> None:
    reference = an_adjustment(story)
    said = len(story.trail.rows)
    for act in (
        lambda: story.desk.confirm(who, reference, "76"),
        lambda: story.desk.drop(who, reference),
        lambda: story.desk.go_back(who, reference),
        lambda: story.desk.ask_write(who, reference),
        lambda: story.desk.approve_write(who, reference),
        lambda: story.desk.act(who, a_suggestion(story, story.desk.board(ENGINEER, LINE).protocols[0].id)),
    ):
        with pytest.raises(Forbidden):
            act()
    assert len(story.trail.rows) == said


def test_a_protocol_for_supervisors_is_no_operators(story: Story) -> None:
    kept = story.desk.write_protocol(ENGINEER, replace(DRAFT, permission="approve_write"))
    with pytest.raises(Forbidden):
        story.desk.act(OPERATOR, a_suggestion(story, kept))
    reference = story.desk.act(SUPERVISOR, a_suggestion(story, kept))
    with pytest.raises(Forbidden):
        story.desk.confirm(OPERATOR, reference, "76")
    story.desk.confirm(SUPERVISOR, reference, "76")


@pytest.mark.parametrize("wrong", [{"to_value": 81.0}, {"to_value": 74.0}, {"from_value": None}, {"to_value": "76"}])
def test_a_suggestion_outside_its_protocol_is_no_adjustment(story: Story, wrong: dict) -> None:
    kept = story.desk.write_protocol(ENGINEER, DRAFT)
    with pytest.raises(Invalid):
        story.desk.act(OPERATOR, a_suggestion(story, kept, **wrong))


def test_only_an_adjustment_of_quality_is_taken(story: Story) -> None:
    kept = story.desk.write_protocol(ENGINEER, DRAFT)
    with pytest.raises(Invalid):
        story.desk.act(OPERATOR, replace(a_suggestion(story, kept), flow="maintenance"))


def test_an_adjustment_is_confirmed_inside_the_limits_once_and_undone(story: Story) -> None:
    reference = an_adjustment(story)
    for wrong in ("81", "nan", "a lot", ""):
        with pytest.raises(Invalid):
            story.desk.confirm(OPERATOR, reference, wrong)
    with pytest.raises(Invalid):
        story.desk.confirm(OPERATOR, reference, "76", "x" * 501)
    story.desk.confirm(OPERATOR, reference, " 76,5 ", "two turns")
    with pytest.raises(Conflict):
        story.desk.confirm(OPERATOR, reference, "76")
    story.desk.go_back(SUPERVISOR, reference)
    (row,) = story.desk.board(MANAGER, LINE).adjustments
    said = [(step.what, step.by, step.value, step.note) for step in row.adjustment.steps]
    assert said == [
        ("asked", "olga", 76.0, None),
        ("confirmed", "olga", 76.5, "two turns"),
        ("gone_back", "sven", 78.0, None),
    ]
    assert story.trail.whats()[1:] == ["quality.adjust", "quality.confirmed", "quality.gone_back"]


def test_writing_needs_a_node_and_the_switch(story: Story) -> None:
    reference = an_adjustment(story)
    with pytest.raises(Conflict, match="switched off"):
        story.desk.ask_write(OPERATOR, reference)
    story.writer = lambda *_: pytest.fail("it was written")
    with pytest.raises(Conflict, match="no node"):
        story.desk.ask_write(OPERATOR, reference)


def test_the_page_is_for_those_who_may_see_the_lines_history(story: Story) -> None:
    for who in (FAR, ELSEWHERE, Identity("tv", Role.DISPLAY, ("*",))):
        with pytest.raises(Forbidden):
            story.desk.board(who, LINE)
    for place, machine, chart in (("nowhere", None, "rejects"), (LINE, "robot", "rejects"), (LINE, FILLER, "total")):
        with pytest.raises(NotFound):
            story.desk.board(MANAGER, place, machine, chart)


@pytest.mark.redis
def test_rest_tells_the_chart_with_its_hits_and_the_adjustments(valkey) -> None:
    story = Story(memory_database())
    story.past()
    reference = an_adjustment(story)
    world = World(valkey.url, clock=Clock(story.now), plant=story.plant, database=story.database)
    client = world.signed_in(Role.MANAGER)
    found = client.get(f"/api/v1/quality?equipment={FILLER}").json
    assert (found["line"], found["machine"], found["unit"]) == (LINE, FILLER, "fraction")
    (chart,) = found["charts"]
    beyond = next(one["at"] for one in found["fired"] if one["rule"] == "we1")
    assert all(chart["points"][at]["value"] > chart["points"][at]["high"] for at in beyond)
    assert (found["causes"][0]["signal"], found["causes"][0]["explains"]) == ("temperature", True)
    assert [(row["id"], row["state"]) for row in found["adjustments"]] == [(reference, "open")]
    process = client.get(f"/api/v1/quality?equipment={FILLER}&chart=temperature").json
    assert process["capability"]["cpk"][0] > 0
    assert client.get(f"/api/v1/quality?equipment={FILLER}&chart=total").status_code == 404
