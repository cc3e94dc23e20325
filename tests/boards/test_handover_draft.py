"""The sentences of a handover: the three largest losses in order, a zero as a zero, unknown as unknown."""

from dataclasses import replace

import pytest

from app.boards.build_handover import draft, largest
from app.boards.build_kpis import kpis
from app.boards.handover import HandoverFacts, NoReason
from app.boards.line import Call
from app.domain.accounting.buckets import NS_PER_MS, Bucket, Components
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.domain.suggestion import Said
from app.text.numbers import Numbers
from app.text.said import words
from app.text.translate import languages

AT = 1_795_430_400_000


def spent(**minutes: int) -> Components:
    buckets = [0] * 9
    for name, amount in minutes.items():
        buckets[Bucket[name.upper()]] = amount * MINUTE_MS
    return Components(tuple(buckets), 900, 12, 3, *((buckets[Bucket.RUNNING] * NS_PER_MS,) * 2), 5, 0)


def facts(c: Components | None, **more: object) -> HandoverFacts:
    return replace(HandoverFacts(AT, c, None if c is None else kpis(c), 0.9, no_reason=NoReason(0, 0)), **more)  # type: ignore[arg-type]


def told(found: HandoverFacts) -> dict[str, str]:
    return {item.key: words(item.said, Numbers("en", "UTC")) for item in draft(found)}


def test_the_three_largest_losses_stand_in_order_with_minutes_and_reason() -> None:
    c = spent(running=300, setup=20, unplanned_stop=41, starved=7, minor_stop=9, blocked=3)
    said = told(facts(c, reasons={"breakdown": "Jam at infeed"}))
    assert [text for key, text in said.items() if key.startswith("loss:")] == [
        "Breakdowns: 41\u202fmin, mostly Jam at infeed.",
        "Setup: 20\u202fmin, without a reason that stands out.",
        "Minor stops: 9\u202fmin, without a reason that stands out.",
    ]
    assert [ms for _, ms in largest(c)] == [41 * MINUTE_MS, 20 * MINUTE_MS, 9 * MINUTE_MS]


def test_unknown_time_is_no_loss_and_has_its_own_sentence() -> None:
    c = spent(running=200, unknown=200)
    said = told(facts(c))
    assert "3\u202fh 20\u202fmin" in said["unknown"]
    assert "not to be judged" in said["oee"]
    assert said["loss"] == "No loss reached a minute."
    assert not any(key.startswith("loss:") for key in said)


def test_a_shift_nobody_heard_says_so_and_never_zero() -> None:
    said = told(replace(facts(None), no_reason=None))
    assert said["nothing"].startswith("Nothing is known")
    assert not {"output", "oee", "startup", "no_reason"} & set(said)


def test_zero_is_said_as_a_zero() -> None:
    said = told(facts(spent(running=100)))
    assert said["no_reason"] == "Every stop has its reason."
    assert said["calls"] == "No call is open."
    assert said["corrected"] == "Nobody changed anything."


@pytest.mark.parametrize(
    ("target", "words"), [(None, "nobody set a target"), (1_000, "100 behind"), (850, "50 ahead"), (900, "exactly")]
)
def test_good_units_are_said_against_the_target(target: int | None, words: str) -> None:
    assert words in told(facts(spent(running=100), target=target))["output"]


def test_what_is_open_and_changed_is_said() -> None:
    calls = (Call("quality", AT - HOUR_MS, "olga"), Call("leader", AT, "olga", "sven", AT))
    c = spent(running=100)
    more = {"calls": calls, "corrected": {"classify": 4, "order": 0}, "no_reason": NoReason(2, 9 * MINUTE_MS)}
    said = told(facts(c, suggestions=(("k", Said("handover.call.none")),), **more))
    assert said["no_reason"].startswith("2 stops, together 9")
    assert "nobody has answered" in said[f"call:quality:{AT - HOUR_MS}"]
    assert "sven is on it" in said[f"call:leader:{AT}"]
    assert said["corrected:classify"].endswith(": 4.")
    assert "corrected:order" not in said
    assert "suggestion:k" in said


@pytest.mark.parametrize("lang", languages())
def test_every_sentence_is_whole_in_every_language(lang: str) -> None:
    c = spent(running=100, unplanned_stop=5, unknown=5)
    for item in draft(facts(c, target=5, calls=(Call("quality", AT, "olga"),))):
        assert "{" not in words(item.said, Numbers(lang, "UTC"))
