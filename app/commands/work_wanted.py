"""What people want of work orders and plans, checked before anything is kept."""

from app.auth.guard import Invalid
from app.domain.decisions.work import (
    KINDS,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_WORK_MIN,
    PRIORITIES,
    OrderWanted,
    PlanWanted,
    Proof,
    WorkOrder,
    WorkPlan,
)
from app.domain.suggestion import Said, Suggestion
from app.text.said import said_words

MOST_RUN_H, MOST_CYCLES = 100_000, 10**12


def checked_minutes(minutes: int) -> int:
    """Return minutes of work. Raises Invalid."""
    if not 0 < minutes <= LONGEST_WORK_MIN:
        raise Invalid("maintenance.bad_minutes", most=LONGEST_WORK_MIN)
    return minutes


def checked_order(wanted: OrderWanted, machine: str, who: str, now: int) -> WorkOrder:
    """Return the order as it is kept. Raises Invalid."""
    title = _text(wanted.title, LONGEST_TITLE)
    if not title:
        raise Invalid("maintenance.needs_title")
    why = _text(wanted.why, LONGEST_TEXT)
    kind = next((known for known in KINDS if known == wanted.kind), None)
    if kind is None or wanted.priority not in PRIORITIES:
        raise Invalid("maintenance.bad_kind")
    if wanted.stop is not None:
        kind = "corrective"
    minutes = checked_minutes(wanted.minutes)
    return WorkOrder(
        number=0,
        machine=machine,
        title=title,
        why=why,
        priority=wanted.priority,
        kind=kind,
        state="open",
        made_by=who,
        made_at=now,
        changed_at=now,
        minutes=minutes,
        stop=wanted.stop,
    )


def from_suggestion(found: Suggestion, machine: str, who: str, now: int) -> WorkOrder:
    """Return the order that a suggestion asks for: before the failure, so it is preventive."""
    said = found.payload.get("priority")
    priority = said if isinstance(said, int) and said in PRIORITIES else 2
    title = _in_english(found.title)[:LONGEST_TITLE]
    code = found.payload.get("code")
    return WorkOrder(
        number=0,
        machine=machine,
        title=title,
        why=_in_english(found.why)[:LONGEST_TEXT],
        priority=priority,
        kind="preventive",
        state="open",
        made_by=who,
        made_at=now,
        changed_at=now,
        code=code if isinstance(code, str) else None,
        suggestion=found.key,
        proof=Proof(found.title, found.why, found.evidence),
    )


def checked_plan(wanted: PlanWanted, machine: str, now: int) -> WorkPlan:
    """Return the plan as it is kept: its interval begins now. Raises Invalid."""
    task = _text(wanted.task, LONGEST_TITLE)
    if not task:
        raise Invalid("maintenance.needs_title")
    hours, cycles = wanted.every_run_h, wanted.every_cycles
    if (hours is None) == (cycles is None):
        raise Invalid("maintenance.bad_interval")
    if (hours is not None and not 0 < hours <= MOST_RUN_H) or (cycles is not None and not 0 < cycles <= MOST_CYCLES):
        raise Invalid("maintenance.bad_interval")
    return WorkPlan(0, machine, task, checked_minutes(wanted.minutes), now, hours, cycles)


def _text(text: str, most: int) -> str:
    if len(text) > most:
        raise Invalid("maintenance.too_long", most=most)
    return text.strip()


def _in_english(said: Said) -> str:
    return said_words(said, "en")
