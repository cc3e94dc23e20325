"""From a drift to its effect: noticed, explained, suggested, accepted, confirmed, measured; over real SQL."""

from dataclasses import replace

import pytest

from app.decider.quality import REST_MS, QualityWatch
from app.domain.interval import HOUR_MS
from app.domain.suggestion import Decision
from app.historian.adjustments import Adjustments, Protocols
from app.historian.database import migrate, open_database
from app.historian.quality import QualityMemory
from app.historian.suggestions import Suggestions
from tests.quality_story import DRAFT, ENGINEER, FILLER, HOURS, LINE, OPERATOR, RISE, Story, T


@pytest.fixture
def story(tmp_path) -> Story:
    database = open_database(None, tmp_path)
    migrate(database)
    yield Story(database)
    database.dispose()


def look(story: Story) -> list:
    on = story.database
    QualityWatch(story.plant, QualityMemory(on), Protocols(on), Suggestions(on)).step(story.now)
    return [kept.suggestion for kept in Suggestions(on).open(story.now, "quality")]


def test_a_drift_is_suggested_accepted_confirmed_and_its_effect_measured(story: Story) -> None:
    story.past()
    protocol = story.desk.write_protocol(ENGINEER, DRAFT)
    (found,) = look(story)
    assert (found.equipment, found.flow, found.action, found.permission) == (FILLER, "quality", "adjust", "adjust_line")
    assert found.payload["protocol"] == protocol
    assert found.payload["from_value"] == pytest.approx(79.8, abs=0.5)
    assert found.payload["to_value"] == pytest.approx(found.payload["from_value"] - 3)
    assert T + (HOURS - RISE) * HOUR_MS <= found.at < story.now
    assert found.evidence.points[-1][1] > found.evidence.high
    assert found.gain.low > 0
    assert 0.5 < found.confidence <= 1
    assert found.why.fields["signal"] == "temperature"

    reference = story.desk.act(OPERATOR, found)
    Suggestions(story.database).decide(Decision(found.key, "accepted", "olga", story.now, None, reference))
    assert story.desk.act(OPERATOR, found) == reference
    assert look(story) == []
    done_at, story.now = story.now, story.now + 5 * 60_000
    story.desk.confirm(OPERATOR, reference, "76,5", "took two turns")
    (row,) = story.desk.board(OPERATOR, LINE).adjustments
    assert (row.adjustment.state, row.adjustment.done.value, row.effect.change) == ("done", 76.5, None)

    story.hours([0.0] * 9)
    story.now = done_at + 9 * HOUR_MS
    (row,) = story.desk.board(OPERATOR, LINE).adjustments
    assert row.effect.change.mid < -0.01
    assert row.effect.change.high < 0
    assert row.effect.after[1] == 8 * 2_000


def test_nothing_rises_nothing_is_suggested(story: Story) -> None:
    story.past(rise=False)
    story.desk.write_protocol(ENGINEER, DRAFT)
    assert look(story) == []


def test_a_rise_that_no_protocol_answers_is_no_suggestion(story: Story) -> None:
    story.past()
    story.desk.write_protocol(ENGINEER, replace(DRAFT, signal="pressure"))
    assert look(story) == []


def test_a_suggestion_keeps_its_key_and_is_withdrawn_when_rejects_are_back(story: Story) -> None:
    story.past()
    story.desk.write_protocol(ENGINEER, DRAFT)
    (first,) = look(story)
    story.hours([4.0])
    story.now += HOUR_MS
    (second,) = look(story)
    assert (second.key, second.at) == (first.key, first.at)
    assert second.evidence.points[-1][0] > first.evidence.points[-1][0]
    story.hours([-0.5] * 5)
    story.now += 5 * HOUR_MS
    assert look(story) == []
    assert Suggestions(story.database).get(first.key).withdrawn_at == story.now


def test_after_a_refusal_it_rests_for_a_shift_and_may_come_again(story: Story) -> None:
    story.past()
    story.desk.write_protocol(ENGINEER, DRAFT)
    (first,) = look(story)
    Suggestions(story.database).decide(Decision(first.key, "rejected", "olga", story.now))
    story.hours([4.2] * 8)
    story.now += REST_MS - 1
    assert look(story) == []
    story.now += 1
    (again,) = look(story)
    assert again.key != first.key


def test_the_ledger_of_steps_lets_only_one_be_first(story: Story) -> None:
    story.past()
    story.desk.write_protocol(ENGINEER, DRAFT)
    (found,) = look(story)
    reference = story.desk.act(OPERATOR, found)
    store = Adjustments(story.database)
    step = store.get(reference).steps[0]._replace(n=1, what="dropped")
    assert store.happened(reference, step)
    assert not store.happened(reference, step)
