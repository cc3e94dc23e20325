"""The rules page: what the plant's rules file says, and what a chosen rule would have done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.alerts.replay import Trial
from app.domain.alerts.rule import Playbook, Rule
from app.domain.plant.changes import Change
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
class RuleText:
    """Lines of the rules file that may be edited. rule: whose they are, "": all of them; saw: hash of the file."""

    rule: str
    text: str
    saw: str


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """What somebody wrote. rule: in place of the lines of which rule, "": of the whole file.

    saw: hash of the whole file as it was shown to them.
    """

    rule: str
    text: str
    saw: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What somebody wrote, looked at. mistakes: by line of what they wrote; without any, changes and tried say more.

    changes: key by key against the file, at most some, more: how many others; tried None: no rule is another one.
    """

    mistakes: tuple[Mistake, ...] = ()
    changes: tuple[Change, ...] = ()
    more: int = 0
    tried: TriedRule | None = None


@dataclass(frozen=True, slots=True)
class RuleEdition:
    """A rules file as it was from `at` on, UTC ms. by None: it was found like this; number: by which it is restored.

    changes: to the one before, at most some; more: how many others; is_first: the first that is known.
    """

    number: int
    version: str
    at: int
    by: str | None
    note: str | None
    changes: tuple[Change, ...]
    more: int
    is_first: bool


@dataclass(frozen=True, slots=True)
class RulesBoard:
    """The page. file: name of the rules file, None where no plant file is known; version: hash of what it says.

    mistakes: of the file as it is now, the last right one is shown; counts: places watched, by rule id, within what
    the person may see; names: paths -> names; may_try: whether they may try a rule; edit: what they may write
    anew, None: nothing; editions: newest first, for those who may write the whole file.
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
    edit: RuleText | None = None
    editions: tuple[RuleEdition, ...] = ()
    tried: TriedRule | None = None
