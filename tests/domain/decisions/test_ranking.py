"""Ranking: total, stable, and never kinder to a rule for being wrong."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decisions.ranking import Record, believed, judged, rank, records
from app.domain.suggestion import Decision, Gain, Outcome, Said
from tests.suggested import BASIS, a_suggestion

RULES = ("a", "b", "c")
ONE = st.tuples(
    st.sampled_from(RULES), st.integers(1, 99), st.none() | st.integers(-50, 500), st.integers(0, 3), st.integers(1, 4)
)
LISTS = st.lists(ONE, max_size=12)
VERDICTS = st.dictionaries(st.sampled_from(RULES), st.tuples(st.integers(0, 20), st.integers(0, 20)))


def made(rows):
    def gain(mid):
        return None if mid is None else Gain(mid - 10.0, float(mid), mid + 10.0, BASIS)

    return [
        a_suggestion(f"k{n}", rule=rule, confidence=sure / 100, gain=gain(mid), at=at, equipment=f"s/a/l{line}")
        for n, (rule, sure, mid, at, line) in enumerate(rows)
    ]


def known(verdicts):
    return {rule: Record(float(right), float(wrong)) for rule, (right, wrong) in verdicts.items()}


@given(LISTS, VERDICTS, st.randoms(use_true_random=False))
def test_every_suggestion_has_one_place_whatever_order_they_come_in(rows, verdicts, chance: random.Random) -> None:
    suggestions, left = made(rows), {"s/a/l1": 0.5, "s/a/l2": 0.25}
    first = [r.suggestion.key for r in rank(suggestions, known(verdicts), left)]
    assert sorted(first) == sorted(s.key for s in suggestions)
    chance.shuffle(suggestions)
    assert [r.suggestion.key for r in rank(suggestions, known(verdicts), left)] == first


@given(LISTS.filter(bool), VERDICTS, st.sampled_from(RULES), st.integers(1, 9))
def test_more_wrong_verdicts_never_raise_a_rank(rows, verdicts, rule, more) -> None:
    suggestions, before = made(rows), known(verdicts)
    worse = before | {rule: before.get(rule, Record()) + Record(wrong=float(more))}
    was, now = ({r.suggestion.key: at for at, r in enumerate(rank(suggestions, said, {}))} for said in (before, worse))
    assert all(now[s.key] >= was[s.key] for s in suggestions if s.rule == rule)


@given(st.integers(0, 100), st.integers(0, 40), st.integers(0, 40))
def test_belief_lies_between_what_the_rule_says_and_what_people_found(sure, right, wrong) -> None:
    found = believed(sure / 100, Record(float(right), float(wrong)))
    seen = right / (right + wrong) if right + wrong else sure / 100
    assert min(sure / 100, seen) - 1e-9 <= found <= max(sure / 100, seen) + 1e-9


def decided(verdict, high=None):
    outcome = None if high is None else Outcome("k", 0, high - 2, high - 1, high, 9, 9, Said("x"))
    return a_suggestion(rule="r"), Decision("k", verdict, "eva", 0), outcome


@pytest.mark.parametrize(
    ("verdict", "high", "right", "wrong"),
    [
        ("accepted", None, 1, 0), ("accepted", 5.0, 1, 0), ("accepted", 0.0, 0, 1), ("accepted", -3.0, 0, 1),
        ("known", None, 0.5, 0.5), ("wrong", None, 0, 1), ("rejected", None, 0, 0),
    ],
)  # fmt: skip
def test_what_a_verdict_says_about_its_rule(verdict, high, right, wrong) -> None:
    _, decision, outcome = decided(verdict, high)
    assert judged(decision, outcome) == Record(right, wrong)
    assert records([decided(verdict, high)] * 2) == {"r": Record(2 * right, 2 * wrong)}


def test_the_figure_of_the_rank_is_confidence_times_gain_times_what_is_left_of_the_shift() -> None:
    (found,) = rank([a_suggestion(rule="r")], {"r": Record(wrong=4.0)}, {a_suggestion().equipment: 0.25})
    assert found.confidence == pytest.approx(0.4)
    assert found.expected == pytest.approx(0.4 * 200 * 0.25)
    assert found.why == Said(
        "decisions.rank.gain",
        {"confidence": 40, "stated": 80, "right": 0.0, "wrong": 4.0, "left": 25, "expected": 20, "promised": 200},
    )


def test_what_promises_no_units_comes_last() -> None:
    found = rank([a_suggestion("a", gain=None, confidence=1.0), a_suggestion("b", confidence=0.1)], {}, {})
    assert [r.suggestion.key for r in found] == ["b", "a"]
    assert found[1].why.key == "decisions.rank.no_gain.new"
