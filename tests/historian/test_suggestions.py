"""A suggestion is put down once, waits, is decided once; what is noticed no more goes away by itself."""

from dataclasses import replace

from app.domain.suggestion import Decision, Evidence, Gain, Outcome, Said, Suggestion
from app.historian.suggestions import Suggestions

FILLER = "s/a/l/filler"
T = 1_795_410_000_000
WEAR = Suggestion(
    key=f"maintenance|wear|{FILLER}|{T}",
    flow="maintenance",
    rule="wear",
    equipment=FILLER,
    at=T,
    title=Said("x.title", {"machine": "Filler"}),
    why=Said("x.why", {"degrees": 6.5, "minutes": 40}),
    action="work_order",
    permission="make_work_order",
    confidence=0.7,
    gain=Gain(100.0, 250.0, 400.0, Said("x.basis")),
    evidence=Evidence("valve_temp", "degC", ((T, 20.0), (T + 60_000, 21.5)), high=60.0, mark_ms=T),
    payload={"signal": "valve_temp"},
    playbook=(Said("x.step"),),
)


def test_what_was_put_down_comes_back_whole(db) -> None:
    kept = Suggestions(db)
    kept.put([WEAR], T)
    (found,) = kept.open(T)
    assert found.suggestion == WEAR
    assert (found.put_at, found.decision) == (T, None)
    assert kept.open(T, "quality") == []


def test_noticed_again_it_is_the_same_with_newer_words(db) -> None:
    kept = Suggestions(db)
    kept.put([WEAR], T)
    kept.put([replace(WEAR, confidence=0.9)], T + 5)
    (found,) = kept.open(T + 5)
    assert (found.suggestion.confidence, found.put_at) == (0.9, T)


def test_of_two_who_decide_the_second_is_told(db) -> None:
    kept = Suggestions(db)
    kept.put([WEAR], T)
    assert kept.decide(Decision(WEAR.key, "accepted", "eva", T + 1))
    assert not kept.decide(Decision(WEAR.key, "rejected", "bob", T + 2))
    kept.refer(WEAR.key, "WO-1")
    kept.put([replace(WEAR, confidence=0.1)], T + 3)
    (found,) = kept.decided(T)
    assert found.decision == Decision(WEAR.key, "accepted", "eva", T + 1, None, "WO-1")
    assert found.suggestion.confidence == 0.7
    assert kept.open(T + 3) == []
    kept.measured(Outcome(WEAR.key, T + 4, None, None, None, 5, 0, Said("x.wait")))
    kept.measured(Outcome(WEAR.key, T + 5, -1.0, 2.0, 5.0, 5, 5, Said("x.done")))
    brought = kept.get(WEAR.key)
    assert brought is not None
    assert brought.outcome == Outcome(WEAR.key, T + 5, -1.0, 2.0, 5.0, 5, 5, Said("x.done"))


def test_what_is_noticed_no_more_is_withdrawn_and_may_come_back(db) -> None:
    kept = Suggestions(db)
    other = replace(WEAR, key="maintenance|stops|x", rule="stops")
    kept.put([WEAR, other], T)
    kept.withdraw("maintenance", [], T + 1, rules=["wear"])
    assert [k.suggestion.key for k in kept.open(T + 1)] == [other.key]
    assert kept.put_since(T, "maintenance")[0].withdrawn_at in (None, T + 1)
    kept.put([WEAR], T + 2)
    assert {k.suggestion.key for k in kept.open(T + 2)} == {WEAR.key, other.key}
    kept.withdraw("maintenance", [WEAR.key], T + 3)
    assert [k.suggestion.key for k in kept.open(T + 3)] == [WEAR.key]


def test_after_its_end_it_means_nothing(db) -> None:
    kept = Suggestions(db)
    kept.put([replace(WEAR, until=T + 10)], T)
    assert len(kept.open(T + 9)) == 1
    assert kept.open(T + 10) == []
