"""Rules edited by people: looked at before, saved as a new version with author and diff, an older one restored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.auth.guard import Conflict, Invalid, NotFound, Unavailable, require
from app.boards.rules import RuleDraft, RuleEdit, RuleEdition, RulesBoard, RulesQuestion, RuleText
from app.commands.ground import Ground
from app.commands.rules import RuleDesk
from app.domain.alerts.rule import RuleBook
from app.domain.plant.changes import Change
from app.domain.plant.node import Mistake, PlantFileErrors
from app.domain.roles import EVERYWHERE, Identity, Permission, may
from app.historian.away import DatabaseAway
from app.historian.rule_versions import RuleVersion, RuleVersions
from app.plantyaml import plant_changes
from app.ruletext import book_of, counted_up, cut, lines_of, put, read_text, stamp, write_text

LONGEST_TEXT, LONGEST_NOTE = 400_000, 300
MOST_EDITIONS, MOST_CHANGES = 20, 30


@dataclass(frozen=True, slots=True)
class RuleEditor:
    """Edits for a person with the right to write rules, at every place of every rule that becomes another one.

    Playbooks, rules for the whole plant and the file as a whole are for those who may everywhere.
    """

    ground: Ground
    desk: RuleDesk

    def board(self, who: Identity, asked: RulesQuestion) -> RulesBoard:
        """Return the page with what they may edit. Raises as RuleDesk.board."""
        board = self.desk.board(who, asked)
        path = self.desk.path()
        if path is None or not may(who, Permission.WRITE_RULES):
            return board
        is_all = may(who, Permission.WRITE_RULES, EVERYWHERE)
        rule = next((rule for rule in board.rules if rule.id == asked.rule), None)
        is_theirs = rule is not None and may(who, Permission.WRITE_RULES, rule.where or EVERYWHERE)
        edit = self._text(path, rule.id) if rule is not None and is_theirs else None
        edit = self._text(path, "") if edit is None and is_all else edit
        return replace(board, edit=edit, editions=tuple(self._editions()) if is_all else ())

    def look(self, who: Identity, edit: RuleEdit, days: int) -> RuleDraft:
        """Return what is wrong with it, or what it changes and what the rule would have done. Raises as `save`."""
        path, before, text = self._written(who, edit)
        try:
            after = self._checked(who, edit, text, path)
        except PlantFileErrors as wrong:
            return RuleDraft(mistakes=_shown(wrong.mistakes, edit, before))
        found = plant_changes({"": before}, {"": text})
        changed = [rule for rule in after.rules.values() if self._book().rules.get(rule.id) != rule]
        own = after.rules.get(edit.rule)
        rule = changed[0] if changed else own
        return RuleDraft(
            changes=tuple(found[:MOST_CHANGES]),
            more=max(0, len(found) - MOST_CHANGES),
            tried=None if rule is None else self.desk.try_out(who, rule, days),
        )

    def save(self, who: Identity, edit: RuleEdit) -> RuleDraft | None:
        """Put it in force; None: done. A draft says what is wrong, and nothing is changed.

        Raises Forbidden, NotFound, Invalid, Conflict (the file is another one meanwhile), Unavailable.
        """
        path, before, text = self._written(who, edit)
        try:
            after = self._checked(who, edit, text, path)
        except PlantFileErrors as wrong:
            return RuleDraft(mistakes=_shown(wrong.mistakes, edit, before))
        if text == before:
            raise Invalid("refused.rules_same")
        known = self._book().rules
        raised = {
            rule.id: known[rule.id].version + 1
            for rule in after.rules.values()
            if rule.id in known and known[rule.id] != rule and rule.version <= known[rule.id].version
        }
        self._put(who, path, before, counted_up(text, raised), edit.note)
        return None

    def restore(self, who: Identity, number: int) -> None:
        """Put an older version in force again, as a new one. Raises as `save`, Invalid where it is wrong by now."""
        require(who, Permission.WRITE_RULES, EVERYWHERE)
        try:
            found = RuleVersions(self.ground.database).get(number)
        except DatabaseAway as away:
            raise Unavailable("refused.rules_unsaved", why=str(away)) from away
        if found is None:
            raise NotFound("refused.no_such_version")
        path, before, text = self._written(who, RuleEdit("", found.text, ""), is_fresh=True)
        try:
            book_of(text, self.ground.plant(), path.name)
        except PlantFileErrors as wrong:
            raise Invalid("refused.rules_wrong", why=str(wrong.mistakes[0])) from wrong
        if text == before:
            raise Invalid("refused.rules_same")
        self._put(who, path, before, text, f"= {found.version}")

    def _text(self, path: Path, rule: str) -> RuleText | None:
        try:
            text = read_text(path)
        except (OSError, UnicodeDecodeError):
            return None
        lines = lines_of(text, rule) if rule else None
        if rule and lines is None:
            return None
        return RuleText(rule, text if lines is None else cut(text, lines), stamp(text))

    def _written(self, who: Identity, edit: RuleEdit, *, is_fresh: bool = False) -> tuple[Path, str, str]:
        """Return the file, its text, and its text with what they wrote. is_fresh: nobody was shown it before."""
        require(who, Permission.WRITE_RULES)
        path = self.desk.path()
        if path is None:
            raise Unavailable("rules.no_file")
        if len(edit.text) > LONGEST_TEXT or len(edit.note) > LONGEST_NOTE or "\x00" in edit.text:
            raise Invalid("refused.rules_long", most=LONGEST_TEXT, note=LONGEST_NOTE)
        try:
            before = read_text(path)
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable("refused.rules_unsaved", why=getattr(error, "strerror", None) or "UTF-8?") from error
        if not is_fresh and edit.saw != stamp(before):
            raise Conflict("refused.rules_changed")
        said = edit.text.replace("\r\n", "\n")
        if not edit.rule:
            return path, before, said.rstrip() + "\n"
        lines = lines_of(before, edit.rule)
        if lines is None:
            raise NotFound("refused.no_such_rule")
        return path, before, put(before, lines, said)

    def _checked(self, who: Identity, edit: RuleEdit, text: str, path: Path) -> RuleBook:
        """Return the rules as they would be. Raises PlantFileErrors; Forbidden when that is not theirs to change."""
        own = self._book()
        rule = own.rules.get(edit.rule)
        require(who, Permission.WRITE_RULES, EVERYWHERE if rule is None else rule.where or EVERYWHERE)
        after = book_of(text, self.ground.plant(), path.name)
        for place in _touched(own, after):
            require(who, Permission.WRITE_RULES, place)
        return after

    def _put(self, who: Identity, path: Path, before: str, text: str, note: str) -> None:
        """Write who and why, then the file, then its version: a kill leaves a row too many, never one too few."""
        now, versions, said = self.ground.now(), RuleVersions(self.ground.database), note.strip() or None
        try:
            newest = versions.newest(1)
            if not newest or newest[0].version != stamp(before):
                versions.keep(RuleVersion(stamp(before), now, None, None, before))
            detail = f"{stamp(before)} -> {stamp(text)}" + (f": {said}" if said else "")
            self.ground.trail.write(now, who.name, "rules.save", path.name, detail)
            write_text(path, text)
            versions.keep(RuleVersion(stamp(text), now, who.name, said, text))
        except DatabaseAway as away:
            raise Unavailable("refused.rules_unsaved", why=str(away)) from away
        except OSError as error:
            raise Unavailable("refused.rules_unsaved", why=error.strerror) from error

    def _book(self) -> RuleBook:
        return self.desk.book()

    def _editions(self) -> Iterator[RuleEdition]:
        try:
            known = RuleVersions(self.ground.database).newest(MOST_EDITIONS + 1)
        except DatabaseAway:
            return
        for at, one in enumerate(known[:MOST_EDITIONS]):
            is_first = at + 1 == len(known)
            told: Sequence[Change] = () if is_first else plant_changes({"": known[at + 1].text}, {"": one.text})
            shown, more = tuple(told[:MOST_CHANGES]), max(0, len(told) - MOST_CHANGES)
            yield RuleEdition(one.id or 0, one.version, one.at, one.by, one.note, shown, more, is_first)


def _touched(before: RuleBook, after: RuleBook) -> Iterator[str]:
    """Yield the place of each rule that is new, gone or another one, as it was and as it would be."""
    for key in before.rules.keys() | after.rules.keys():
        pair = before.rules.get(key), after.rules.get(key)
        if pair[0] != pair[1]:
            yield from (rule.where or EVERYWHERE for rule in pair if rule is not None)
    if before.playbooks != after.playbooks:
        yield EVERYWHERE


def _shown(mistakes: Sequence[Mistake], edit: RuleEdit, before: str) -> tuple[Mistake, ...]:
    """Return mistakes by the line of what was written."""
    lines = lines_of(before, edit.rule) if edit.rule else None
    first = 0 if lines is None else lines[0]
    return tuple(mistake._replace(line=max(1, mistake.line - first)) for mistake in mistakes)
