"""What people do about alerts: acknowledge, shelve, take out of service, judge."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.boards.alerts import AlertRow, AlertsBoard, AlertsQuestion
from app.boards.needs import AlertNeed
from app.commands.alert_board import AlertsAsked
from app.commands.ground import Ground
from app.domain.alerts.kept import JUDGEMENTS, Feedback, Kept, Standing
from app.domain.alerts.lifecycle import (
    LONGEST_SHELF_MS,
    IllegalTransition,
    Turn,
    acknowledge,
    bring_back,
    shelve,
    take_out,
    unshelve,
)
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import AmbiguousEquipment, UnknownEquipment
from app.domain.roles import Identity, Permission, in_scope
from app.historian.alerts import Alerts
from app.historian.away import DatabaseAway
from app.historian.paging import Page

LONGEST_REASON = 300
LONGEST_NOTE = 500
SHELVES = {"30": 30 * MINUTE_MS, "120": 120 * MINUTE_MS}
USUAL_SHIFT_MS = 8 * HOUR_MS


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """Looks and acts for a person, within their scope. `saw` is the version of the alarm that they looked at.

    Every call may raise Forbidden, NotFound, Conflict (somebody was faster, or it cannot be done in this state).
    """

    ground: Ground

    def board(self, who: Identity, asked: AlertsQuestion) -> AlertsBoard:
        """Return what they asked for. Raises Forbidden, NotFound."""
        require(who, Permission.SEE_LIVE, asked.place)
        return AlertsAsked(self.ground, self._store, who, asked).board()

    def ended(self, who: Identity, place: str | None, window: Interval, page: Page) -> list[AlertRow]:
        """Return a page of the alerts that ended in a window, under a path or in their whole scope.

        Raises Forbidden, DatabaseAway.
        """
        require(who, Permission.SEE_HISTORY, place)
        found = self._store.ended_page(who.scopes if place is None else [place], window, page)
        return AlertsAsked(self.ground, self._store, who, AlertsQuestion("ended")).rows(found)

    def waiting(self, who: Identity) -> list[AlertNeed] | None:
        """Return the alerts of their scope that nobody has acknowledged; None: the database does not say now."""
        require(who, Permission.SEE_LIVE)
        try:
            return AlertsAsked(self.ground, self._store, who, AlertsQuestion()).waiting()
        except DatabaseAway:
            return None

    def acknowledge(self, who: Identity, alert: int, saw: int | None = None) -> None:
        """Say that somebody knows and takes care of it."""
        _, standing = self._open(who, alert, Permission.ANSWER_ALERT)
        self._turn(who, standing, saw, lambda now: acknowledge(standing.alarm, now))

    def shelve(self, who: Identity, alert: int, until: int, reason: str, saw: int | None = None) -> None:
        """Take it off the screen until `until`, UTC ms, at most a day ahead. Raises Invalid."""
        _, standing = self._open(who, alert, Permission.SHELVE_ALERT)
        said = _plain_text(reason, LONGEST_REASON, "alert.illegal.reason")
        if not self.ground.now() < until <= self.ground.now() + LONGEST_SHELF_MS:
            raise Invalid("alert.illegal.shelf_end")
        self._turn(who, standing, saw, lambda now: shelve(standing.alarm, until, said, now))

    def unshelve(self, who: Identity, rule: str, equipment: str, saw: int | None = None) -> None:
        """Bring it back before its time."""
        require(who, Permission.SHELVE_ALERT, equipment)
        standing = self._store.standing(rule, equipment)
        self._turn(who, standing, saw, lambda now: unshelve(standing.alarm, now))

    def out_of_service(self, who: Identity, rule: str, equipment: str, reason: str, saw: int | None = None) -> None:
        """Let a rule not speak about a piece of equipment until somebody brings it back. Raises Invalid."""
        require(who, Permission.SHELVE_ALERT, equipment)
        said = _plain_text(reason, LONGEST_REASON, "alert.illegal.reason")
        self._known(rule, equipment)
        standing = self._store.standing(rule, equipment)
        self._turn(who, standing, saw, lambda now: take_out(standing.alarm, said, now))

    def back(self, who: Identity, rule: str, equipment: str, saw: int | None = None) -> None:
        """Let the rule speak again."""
        require(who, Permission.SHELVE_ALERT, equipment)
        standing = self._store.standing(rule, equipment)
        self._turn(who, standing, saw, lambda now: bring_back(standing.alarm, now))

    def judge(self, who: Identity, alert: int, verdict: str, note: str = "") -> None:
        """Say what an alert was worth; one's last word counts. Raises Invalid."""
        kept = self._kept(who, alert, Permission.JUDGE)
        equipment = kept.raising.condition.equipment
        found = next((known for known in JUDGEMENTS if known == verdict), None)
        if found is None:
            raise Invalid("alert.invalid.verdict", known=", ".join(JUDGEMENTS))
        if len(note) > LONGEST_NOTE:
            raise Invalid("refused.note_long", most=LONGEST_NOTE, long=len(note))
        now = self.ground.now()
        standing = replace(self._store.standing(kept.raising.rule.id, equipment), alert=alert)
        self._store.judge(Feedback(alert, who.name, now, found, note.strip() or None), standing)
        self.ground.trail.write(now, who.name, "alerts.judge", equipment, f"{kept.raising.rule.id} {alert} {found}")

    def shelf_end(self, who: Identity, alert: int, choice: str) -> int:
        """Return when a shelf ends, UTC ms: in 30 or 120 minutes, or with the shift. Raises Invalid."""
        now = self.ground.now()
        if choice in SHELVES:
            return now + SHELVES[choice]
        if choice != "shift":
            raise Invalid("alert.illegal.shelf_end")
        equipment = self._kept(who, alert, Permission.SHELVE_ALERT).raising.condition.equipment
        try:
            shift = self.ground.plant().resolve(equipment)[0].calendar.at(now)
        except UnknownEquipment:
            shift = None
        return now + USUAL_SHIFT_MS if shift is None else min(shift.end, now + LONGEST_SHELF_MS)

    @property
    def _store(self) -> Alerts:
        return Alerts(self.ground.database)

    def _kept(self, who: Identity, alert: int, permission: Permission) -> Kept:
        require(who, permission)
        kept = self._store.get(alert)
        if kept is None or not in_scope(who, kept.raising.condition.equipment):
            raise NotFound("alert.no_such")
        return kept

    def _open(self, who: Identity, alert: int, permission: Permission) -> tuple[Kept, Standing]:
        kept = self._kept(who, alert, permission)
        standing = self._store.standing(kept.raising.rule.id, kept.raising.condition.equipment)
        if standing.alert != alert:
            raise Conflict("alert.ended")
        return kept, standing

    def _known(self, rule: str, equipment: str) -> None:
        """Refuse what is no rule, or no full path of a line or machine."""
        try:
            line, machine = self.ground.plant().resolve(equipment)
        except (UnknownEquipment, AmbiguousEquipment) as error:
            raise NotFound("refused.no_such_equipment", name=equipment[:400]) from error
        if equipment != (line.path if machine is None else machine.path):
            raise NotFound("refused.no_such_equipment", name=equipment[:400])
        if all(known.rule.id != rule for known in self._store.rules()):
            raise NotFound("alert.no_such_rule", rule=rule[:120])

    def _turn(self, who: Identity, standing: Standing, saw: int | None, turned: Callable[[int], Turn]) -> None:
        if saw is not None and saw != standing.version:
            raise _changed(standing)
        now = self.ground.now()
        try:
            turn = turned(now)
        except IllegalTransition as error:
            raise Conflict(error.key) from error
        if not self._store.turn(standing, turn.alarm, [turn], now, by=who.name):
            raise _changed(self._store.standing(standing.rule, standing.equipment))
        said = f"{standing.rule} {turn.alarm.reason or ''}".strip()
        self.ground.trail.write(now, who.name, f"alerts.{turn.what}", standing.equipment, said)


def _changed(standing: Standing) -> Conflict:
    key = f"alert.changed.{standing.alarm.state.value}"
    return Conflict(key) if standing.by is None else Conflict(f"{key}.by", by=standing.by)


def _plain_text(text: str, most: int, empty: str) -> str:
    said = text.strip()
    if not said:
        raise Invalid(empty)
    if len(said) > most:
        raise Invalid("refused.note_long", most=most, long=len(said))
    return said
