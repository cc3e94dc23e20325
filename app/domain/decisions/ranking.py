"""What to do next: suggestions ranked by what they promise for the rest of this shift.

They are believed as far as earlier ones of the same rule deserve it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.suggestion import Decision, Outcome, Said, Suggestion

PRIOR = 4.0
"""A rule's own word weighs as much as four decisions: a handful of verdicts moves it, one does not turn it."""
HALF = 0.5
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Record:
    """What people and measurements said of a rule's earlier suggestions; a half counts half.

    right: carried out, unless it measurably brought nothing. wrong: said to be wrong, or measurably without use.
    """

    right: float = 0.0
    wrong: float = 0.0

    @property
    def n(self) -> float:
        """How much was said."""
        return self.right + self.wrong

    def __add__(self, other: "Record") -> "Record":
        return Record(self.right + other.right, self.wrong + other.wrong)


NOTHING = Record()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A suggestion in its place. confidence: 0 to 1, corrected; expected: good units for the rest of this shift.

    low, high: its interval. expected None: it promises no units; it comes after those that do. why: the place in words.
    """

    suggestion: Suggestion
    confidence: float
    expected: float | None
    record: Record
    why: Said
    low: float | None = None
    high: float | None = None


def judged(decision: Decision, outcome: Outcome | None) -> Record:
    """Return what one decision says about its rule.

    accepted: right, unless what it brought was measured and lies wholly at or under zero. known: true and no news, half
    right and half wrong. wrong: wrong. rejected (not now): says nothing about the rule.
    """
    if decision.verdict == "accepted":
        is_useless = outcome is not None and outcome.high is not None and outcome.high <= 0
        return Record(wrong=1.0) if is_useless else Record(right=1.0)
    if decision.verdict == "known":
        return Record(HALF, HALF)
    return Record(wrong=1.0) if decision.verdict == "wrong" else NOTHING


def records(decided: Iterable[tuple[Suggestion, Decision, Outcome | None]]) -> dict[str, Record]:
    """Return rule -> what its decided suggestions say about it."""
    found: dict[str, Record] = {}
    for suggestion, decision, outcome in decided:
        found[suggestion.rule] = found.get(suggestion.rule, NOTHING) + judged(decision, outcome)
    return found


def believed(confidence: float, record: Record) -> float:
    """Return how far a suggestion deserves to be believed, 0 to 1.

    Formula: (4 c + right) / (4 + right + wrong): the mean of the Beta(4 c + right, 4 (1 - c) + wrong) that a
    Beta(4 c, 4 (1 - c)) becomes once people have decided; c the confidence the rule itself states.
    Source: Beta-Binomial model, Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4; the weight 4 is ours.

    >>> believed(0.8, Record()), believed(0.8, Record(wrong=4.0))
    (0.8, 0.4)
    """
    return (PRIOR * confidence + record.right) / (PRIOR + record.n)


def rank(suggestions: Sequence[Suggestion], known: Mapping[str, Record], left: Mapping[str, float]) -> list[Ranked]:
    """Return all suggestions, the one to look at first first; the same for any order they come in.

    known: rule -> record. left: equipment -> share of its shift that is still to come, 0 to 1; 1 where none is said.
    Formula: expected = believed confidence x promised good units per shift x share left, never under 0.
    Ties by confidence, then the older one, then the key.
    """
    found = [_ranked(one, known.get(one.rule, NOTHING), left.get(one.equipment, 1.0)) for one in suggestions]
    return sorted(found, key=_place)


def _ranked(suggestion: Suggestion, record: Record, left: float) -> Ranked:
    confidence = believed(suggestion.confidence, record)
    gain = suggestion.gain
    expected = None if gain is None else confidence * max(0.0, gain.mid) * left
    fields = {
        "confidence": round(100 * confidence),
        "stated": round(100 * suggestion.confidence),
        "right": record.right,
        "wrong": record.wrong,
        "left": round(100 * left),
    }
    if gain is not None and expected is not None:
        fields |= {"expected": round(expected), "promised": round(gain.mid)}
    key = "decisions.rank.no_gain" if gain is None else "decisions.rank.gain"
    why = Said(key if record.n else key + ".new", fields)
    ends = (None, None) if gain is None else (confidence * gain.low * left, confidence * gain.high * left)
    return Ranked(suggestion, confidence, expected, record, why, *ends)


def _place(ranked: Ranked) -> tuple[bool, float, float, int, str]:
    # Rounded, so that two ways to reckon the same figure do not decide; the older one does.
    expected = round(ranked.expected or 0.0, _DIGITS)
    suggestion = ranked.suggestion
    return ranked.expected is None, -expected, -round(ranked.confidence, _DIGITS), suggestion.at, suggestion.key
