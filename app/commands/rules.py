"""Looks at rules and playbooks, and what a rule would have done."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.auth.guard import Invalid, NotFound, Unavailable, require
from app.boards.rules import RulesBoard, RulesQuestion, TriedRule
from app.commands.ground import Ground
from app.domain.alerts.lookback import need_of
from app.domain.alerts.place import Place, places_of
from app.domain.alerts.replay import LONGEST_MS, Trial, replay
from app.domain.alerts.rule import Rule, RuleBook
from app.domain.alerts.rules import Watched
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Plant
from app.domain.plant.node import Mistake
from app.domain.roles import Identity, Permission, in_scope, may
from app.historian.away import DatabaseAway
from app.historian.rule_facts import RuleFacts
from app.ruleyaml import RuleFile

MOST_PLACES = 60
"""More machines at once would keep a person waiting: the command line has no such bound."""


@dataclass(frozen=True, slots=True)
class RuleDesk:
    """Looks and tries for a person, within their scope. Nothing here changes a rule (app.commands.rule_edit)."""

    ground: Ground
    _files: dict[str, RuleFile] = field(default_factory=dict)

    def board(self, who: Identity, asked: RulesQuestion) -> RulesBoard:
        """Return the rules of the plant; with a chosen one, what it would have done, where they may try.

        Raises Forbidden, NotFound (no such rule within their scope), Invalid (days).
        """
        require(who, Permission.SEE_HISTORY)
        plant, file, book = self.ground.plant(), self._file(), self.book()
        shown = {rule.id: tuple(self._seen(who, rule, plant)) for rule in book.rules.values()}
        rules = tuple(rule for rule in book.rules.values() if shown[rule.id])
        board = RulesBoard(
            question=asked,
            file=None if file is None else file.path.name,
            rules=rules,
            playbooks=tuple(book.playbooks.values()),
            mistakes=_shown(file),
            counts={rule.id: len(shown[rule.id]) for rule in rules},
            names=_names(plant),
            zone=plant.sites[0].zone,
            may_try=may(who, Permission.WRITE_RULES),
            version=book.version,
        )
        if asked.rule is None:
            return board
        return replace(board, tried=self.attempt(who, asked.rule, asked.days) if board.may_try else None)

    def attempt(self, who: Identity, rule: str, days: int) -> TriedRule:
        """Return what a rule would have done in the last days, on what they may see.

        Raises Forbidden, NotFound, Invalid, Unavailable.
        """
        require(who, Permission.WRITE_RULES)
        found = self.book().rules.get(rule)
        tried = None if found is None else self.try_out(who, found, days)
        if tried is None:
            raise NotFound("refused.no_such_rule")
        return tried

    def path(self) -> Path | None:
        """Return where the rules lie; None: it is not known."""
        file = self._file()
        return None if file is None else file.path

    def book(self) -> RuleBook:
        """Return the rules that are in force."""
        file = self._file()
        return RuleBook() if file is None else file.book()

    def try_out(self, who: Identity, rule: Rule, days: int) -> TriedRule | None:
        """Return what a rule, in the file or not, would have done on what they may see; None: it watches nothing there.

        Raises Forbidden, Invalid, Unavailable.
        """
        require(who, Permission.WRITE_RULES)
        if not 1 <= days * DAY_MS <= LONGEST_MS:
            raise Invalid("refused.rule_days", most=LONGEST_MS // DAY_MS)
        places, now = self._seen(who, rule, self.ground.plant()), self.ground.now()
        if not places:
            return None
        window = Interval(now - days * DAY_MS, now)
        try:
            return TriedRule(self._trial(rule, places[:MOST_PLACES], window), len(places) - MOST_PLACES)
        except DatabaseAway as away:
            raise Unavailable("refused.rules_away") from away

    def _trial(self, rule: Rule, places: list[Place], window: Interval) -> Trial:
        past = RuleFacts(self.ground.database, self.ground.plant())
        facts = past.read(need_of([Watched(rule, places)]), window)
        return replace(replay(rule, places, facts, window), known_from=past.begins(places, facts, window))

    def _seen(self, who: Identity, rule: Rule, plant: Plant) -> list[Place]:
        return [place for place in places_of(rule, plant) if in_scope(who, place.path)]

    def _file(self) -> RuleFile | None:
        """Return the file beside the plant file, read again when it or the plant changes; None: it is not known."""
        if self.ground.plant_file is None:
            return None
        plant = self.ground.plant()
        if plant.version not in self._files:
            self._files.clear()
            self._files[plant.version] = RuleFile(self.ground.plant_file, plant)
        return self._files[plant.version]


def _shown(file: RuleFile | None) -> tuple[Mistake, ...]:
    """Return what is wrong with the file now, without the folder it lies in."""
    if file is None or file.wrong is None:
        return ()
    return tuple(mistake._replace(file=file.path.name) for mistake in file.wrong.mistakes)


def _names(plant: Plant) -> Mapping[str, str]:
    found = {site.path: site.name for site in plant.sites}
    found |= {area.path: area.name for area in plant.areas()}
    for line in plant.lines():
        found[line.path] = line.name
        found |= {machine.path: machine.name for machine in line.machines}
    return found
