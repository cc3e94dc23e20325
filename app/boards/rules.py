"""The rules page: what the plant's rules file says, and what a chosen rule would have done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.alerts.replay import Trial
from app.domain.alerts.rule import Playbook, Rule
from app.domain.plant.node import Mistake

SPANS = (1, 7, 14, 31)
"""Days a rule may be tried over."""


@dataclass(frozen=True, slots=True)
class RulesQuestion:
    """What is asked for. rule: id of the chosen one, None: none; days: over which it is tried."""

    rule: str | None = None
    days: int = 7


@dataclass(frozen=True, slots=True)
class TriedRule:
    """What a rule would have done. left_out: how many places were not looked at, 0 or less: none."""

    trial: Trial
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class RulesBoard:
    """The page. file: name of the rules file, None where no plant file is known; version: hash of what it says.

    mistakes: of the file as it is now, the last right one is shown; counts: places watched, by rule id, within what
    the person may see; names: paths -> names; may_try: whether they may try a rule.
    """

    question: RulesQuestion
    file: str | None
    rules: tuple[Rule, ...]
    playbooks: tuple[Playbook, ...]
    mistakes: tuple[Mistake, ...]
    counts: Mapping[str, int]
    names: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    may_try: bool = False
    version: str = ""
    tried: TriedRule | None = None
