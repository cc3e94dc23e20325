"""Rules and playbooks as plant people wrote them: what is watched, what is said, and what is done then."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.accounting.buckets import Bucket
from app.domain.alerts.condition import AlertRule
from app.domain.suggestion import Flow, Said

OWN = "rules.own"
"""Key of a sentence in a plant's own words: its fields are the languages, and the values it names in braces."""


@dataclass(frozen=True, slots=True)
class StateHolds:
    """A machine stays in one of the buckets longer than `for_ms`; reasons: only with one of these (empty: any)."""

    buckets: tuple[Bucket, ...]
    for_ms: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StopsRepeat:
    """A machine stopped `count` times, minor stops too, within `within_ms`; reasons: as of StateHolds."""

    count: int
    within_ms: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignalBeyond:
    """A process value is above or below a limit for `for_ms`; it is back within the limit by more than deadband.

    running: only minutes in which the machine ran count.
    """

    signal: str
    above: float | None
    below: float | None
    for_ms: int
    deadband: float = 0.0
    running: bool = True


@dataclass(frozen=True, slots=True)
class TrendReaches:
    """A process value will reach a limit within `within_ms`, going on as it went over the last `over_ms`."""

    signal: str
    above: float | None
    below: float | None
    within_ms: int
    over_ms: int
    running: bool = True


@dataclass(frozen=True, slots=True)
class KpiBeyond:
    """A figure of the line's shift so far is above or below a limit (fraction, or ms for times).

    coverage: least share of known time for the figure to count; after_ms: not before so much of the shift is over.
    """

    figure: str
    above: float | None
    below: float | None
    coverage: float
    after_ms: int


@dataclass(frozen=True, slots=True)
class ScrapBeyond:
    """The share of rejects in the last full hours is above a limit. units: least number made to say so."""

    above: float
    over_ms: int
    units: int


@dataclass(frozen=True, slots=True)
class CallWaits:
    """An andon call has not been accepted for longer than `for_ms`."""

    for_ms: int


@dataclass(frozen=True, slots=True)
class SuggestionOpen:
    """A suggestion of a flow waits for a decision, with at least this confidence (0 to 1)."""

    flow: Flow
    confidence: float


Watch = StateHolds | StopsRepeat | SignalBeyond | TrendReaches | KpiBeyond | ScrapBeyond | CallWaits | SuggestionOpen


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the file.

    alert: what is raised; watch: what is watched; where: path of a site, area, line or machine (``: everywhere);
    template: only machines made from it; since: date from which it is meant (ISO, as written); why: own words, or None:
    ours; predicts: it is meant to say so before a stop (the file gives a horizon); foresees: which reasons of a stop it
    speaks of (empty: any).
    """

    alert: AlertRule
    kind: str
    watch: Watch
    version: int
    author: str
    where: str = ""
    template: str | None = None
    since: str | None = None
    enabled: bool = True
    why: Said | None = None
    predicts: bool = False
    foresees: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.alert.id


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. who: value of the Role that may, None: whoever is there."""

    text: Said
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Playbook:
    """What to do, step by step. gain: what it is expected to bring, in words, None: nobody said."""

    id: str
    version: int
    author: str
    title: Said
    steps: tuple[Step, ...]
    gain: Said | None = None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything a rules file says, in file order. file: its name; version: hash of what it says."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    file: str = ""
    version: str = ""

    def alerts(self) -> dict[str, AlertRule]:
        """Return what may be raised: the alert rules of the enabled rules, by id."""
        return {key: rule.alert for key, rule in self.rules.items() if rule.enabled}

    def steps(self, playbook: str | None) -> tuple[Said, ...]:
        """Return the texts of a playbook's steps; none when there is no such playbook."""
        found = self.playbooks.get(playbook or "")
        return tuple(step.text for step in found.steps) if found else ()
