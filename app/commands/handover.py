"""Handovers of shifts: looked at, edited, signed once, added to, read by those who come next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.boards.build_handover import draft
from app.boards.handover import HandoverBoard, ShiftChoice
from app.boards.line import LineBoard
from app.commands.desk import note_of
from app.commands.ground import Ground
from app.commands.handover_facts import Facts, shifts_of
from app.domain.decisions.handover import Addendum, Handover
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import WorkCenter
from app.domain.roles import Identity, Permission, in_scope
from app.historian.away import DatabaseAway
from app.historian.handovers import Handovers
from app.live.snapshots import PatientBoards, line_board

LONGEST_NOTE = 2_000
MOST_STRUCK = 60
DAYS_BACK = 7
NEWS_MS = 3 * DAY_MS
"""A signed handover nobody read in three days is no news any more; it stays on its page."""


@dataclass(frozen=True, slots=True)
class HandoverDesk:
    """Looks and acts for a person, within their scope. Every call may raise DatabaseAway."""

    ground: Ground

    def board(self, who: Identity, line: str, shift: str | None = None) -> HandoverBoard:
        """Return the page of a line's shift; None: the newest. Raises Forbidden, NotFound."""
        found, board, offered = self._line(who, Permission.SEE_HISTORY, line)
        head = (found.path, found.name, found.zone)
        earlier = tuple(self._store.signed([found.path]))
        if not offered:
            return HandoverBoard(*head, (), earlier=earlier)
        chosen = offered[0] if shift is None else self._asked(found, offered, shift)
        kept = self._kept(found, chosen)
        if kept.signed_at is not None:
            return HandoverBoard(*head, offered, chosen, kept, kept.items, kept.signed_at, earlier=earlier)
        facts, now = Facts(self.ground).of(found, chosen, board), self.ground.now()
        running = chosen.start <= now < chosen.end
        return HandoverBoard(*head, offered, chosen, kept, draft(facts), facts.at, running, earlier)

    def strike(self, who: Identity, line: str, shift: str, item: str) -> None:
        """Leave a sentence out, or take it in again. Raises Forbidden, NotFound, Invalid, Conflict."""
        found, kept = self._draft(who, line, shift)
        if not item or len(item) > 500:
            raise Invalid("refused.handover_item")
        left = [key for key in kept.struck if key != item]
        struck = left if len(left) < len(kept.struck) else [*left, item]
        if len(struck) > MOST_STRUCK:
            raise Invalid("refused.handover_item")
        self._keep(replace(kept, struck=tuple(struck)))
        self._write(who, "strike", found, f"{shift} {item}")

    def note(self, who: Identity, line: str, shift: str, text: str, saw: str) -> None:
        """Keep the free note; saw: what it was when they began. Raises Forbidden, NotFound, Invalid, Conflict."""
        found, kept = self._draft(who, line, shift)
        self._keep(_noted(kept, text, saw))
        self._write(who, "note", found, shift)

    def sign(self, who: Identity, line: str, shift: str, text: str, saw: str) -> None:
        """Sign what the page says, with the note; nothing of it changes any more. Raises as `note`."""
        found, kept = self._draft(who, line, shift)
        noted = _noted(kept, text, saw)
        _, board, _ = self._line(who, Permission.SIGN_HANDOVER, line)
        facts = Facts(self.ground).of(found, ShiftChoice(shift, _name(shift), kept.start, kept.end), board)
        items = tuple(item for item in draft(facts) if item.key not in kept.struck)
        self._write(who, "sign", found, f"{shift} {len(items)} sentences")
        signed = replace(noted, items=items, signed_by=who.name, signed_at=self.ground.now())
        if not self._store.sign(signed):
            raise Conflict("refused.handover_signed", by=self._by(found, shift))
        self._store.read(found.path, shift, who.name, self.ground.now())

    def add(self, who: Identity, line: str, shift: str, text: str) -> None:
        """Add words to a signed handover. Raises Forbidden, NotFound, Invalid, Conflict: it is not signed yet."""
        found, _, _ = self._line(who, Permission.SIGN_HANDOVER, line)
        kept = self._store.get(found.path, shift)
        if kept is None or kept.signed_at is None:
            raise Conflict("refused.handover_unsigned")
        added = note_of(text)
        if added is None:
            raise Invalid("refused.handover_empty")
        self._write(who, "add", found, shift)
        self._store.add(found.path, shift, Addendum(self.ground.now(), who.name, added))

    def unread(self, who: Identity, line: str) -> Handover | None:
        """Return the line's last signed handover, unless this person has read it, signed it, or may not see it.

        Nothing while the database is away: the line's screen goes on without it.
        """
        if not in_scope(who, line):
            return None
        try:
            last = next(iter(self._store.signed([line], 1)), None)
        except DatabaseAway:
            return None
        is_news = last is not None and last.end > self.ground.now() - NEWS_MS
        return last if last is not None and is_news and who.name not in (last.signed_by, *last.read_by) else None

    def read(self, who: Identity, line: str, shift: str) -> None:
        """Keep that this person has read it. Raises Forbidden, NotFound."""
        require(who, Permission.SIGN_HANDOVER, line)
        kept = self._store.get(line, shift)
        if kept is None or kept.signed_at is None:
            raise NotFound("refused.handover_unsigned")
        self._store.read(line, shift, who.name, self.ground.now())
        self.ground.trail.write(self.ground.now(), who.name, "handover.read", line, shift)

    def signed(self, who: Identity, lines: Sequence[str]) -> list[Handover]:
        """Return the signed handovers of these lines that lie in their scope, newest first. Raises Forbidden."""
        require(who, Permission.SEE_HISTORY)
        return self._store.signed([line for line in lines if in_scope(who, line)])

    @property
    def _store(self) -> Handovers:
        return Handovers(self.ground.database)

    def _line(
        self, who: Identity, permission: Permission, name: str
    ) -> tuple[WorkCenter, LineBoard | None, tuple[ShiftChoice, ...]]:
        line = self.ground.say.line(who, permission, name)
        board = line_board(PatientBoards(self.ground.boards), line.path)
        return line, board, shifts_of(line, board, self.ground.now(), DAYS_BACK)

    def _kept(self, line: WorkCenter, shift: ShiftChoice) -> Handover:
        found = self._store.get(line.path, shift.key)
        return found or Handover(line.path, shift.key, shift.start, shift.end)

    def _asked(self, line: WorkCenter, offered: Sequence[ShiftChoice], shift: str) -> ShiftChoice:
        """Return the shift of the page; one of long ago where it was signed. Raises NotFound."""
        kept = None if any(one.key == shift for one in offered) else self._store.get(line.path, shift)
        return _chosen(offered, shift) if kept is None else ShiftChoice(shift, _name(shift), kept.start, kept.end)

    def _draft(self, who: Identity, line: str, shift: str) -> tuple[WorkCenter, Handover]:
        """Return what may still be edited. Raises Conflict where somebody has signed."""
        found, _, offered = self._line(who, Permission.SIGN_HANDOVER, line)
        kept = self._kept(found, _chosen(offered, shift))
        if kept.signed_at is not None:
            raise Conflict("refused.handover_signed", by=kept.signed_by)
        return found, kept

    def _keep(self, draft_: Handover) -> None:
        if not self._store.keep(draft_):
            raise Conflict("refused.handover_signed", by="?")

    def _by(self, line: WorkCenter, shift: str) -> str:
        kept = self._store.get(line.path, shift)
        return kept.signed_by or "" if kept is not None else ""

    def _write(self, who: Identity, what: str, line: WorkCenter, said: str) -> None:
        self.ground.trail.write(self.ground.now(), who.name, f"handover.{what}", line.path, said)


def _chosen(offered: Sequence[ShiftChoice], shift: str) -> ShiftChoice:
    found = next((one for one in offered if one.key == shift), None)
    if found is None:
        raise NotFound("refused.no_such_shift", shift=shift[:80])
    return found


def _name(shift: str) -> str:
    return shift.partition("/")[2]


def _noted(kept: Handover, text: str, saw: str) -> Handover:
    if kept.note not in (saw, text.strip()):
        raise Conflict("refused.handover_note", note=kept.note)
    cleaned = text.strip()
    if len(cleaned) > LONGEST_NOTE:
        raise Invalid("refused.note_long", most=LONGEST_NOTE, long=len(cleaned))
    if any(ord(c) < 32 and c not in "\n\t" for c in cleaned):
        raise Invalid("refused.note_plain")
    return replace(kept, note=cleaned)
