"""Orders at risk as suggestions: what is late, by how much, what helps and what it costs."""

from collections.abc import Mapping

from app.domain.decisions.remedies import KINDS, Remedy, Risk, Solved
from app.domain.decisions.schedule import Assignment, Demand
from app.domain.roles import Permission
from app.domain.suggestion import Plain, Said, Suggestion

RULE = "order_at_risk"
LIKELY, CERTAIN = 0.6, 0.9


def late_suggestions(site: str, plan: int, solved: Solved, now: int) -> list[Suggestion]:
    """Return a suggestion for each order at risk that something helps. plan: number of the plan it is about."""
    orders = {one.order: one for one in solved.orders}
    places = {a.order: a for a in solved.plan.assignments}
    return [
        _suggestion(site, plan, (risk, orders[risk.order], places[risk.order]), now)
        for risk in solved.risks
        if risk.remedies and risk.order in orders and risk.order in places
    ]


def remedy_of(payload: Mapping[str, Plain]) -> Remedy:
    """Return the remedy a suggestion's payload carries. Raises KeyError, TypeError, ValueError when it carries none."""
    kind = next((one for one in KINDS if one == payload["remedy"]), None)
    if kind is None:
        raise ValueError(payload["remedy"])
    day, shift = payload.get("day"), payload.get("shift")
    return Remedy(
        kind,
        str(payload["order"]),
        str(payload["line"]),
        int(payload["position"] or 0),
        *(0, 0, 0, 0.0, 0.0),
        day=None if day is None else str(day),
        shift=None if shift is None else str(shift),
    )


def said_remedy(found: Remedy, line: str) -> Said:
    """Return a remedy in words. line: the line's name."""
    return Said(
        f"schedule.remedy.{found.kind}",
        {
            "line": line,
            "position": found.position + 1,
            "day": found.day,
            "shift": found.shift,
            "hours": round(found.hours, 2),
        },
    )


def _suggestion(site: str, plan: int, about: tuple[Risk, Demand, Assignment], now: int) -> Suggestion:
    risk, wanted, place = about
    best = risk.remedies[0]
    fields: dict[str, Plain] = {
        "order": risk.order,
        "line": place.line.rsplit("/", 1)[-1],
        "late_span": risk.late_ms,
        "due_moment": wanted.due,
        "low_moment": place.low,
        "high_moment": place.high,
        "then_span": best.late_ms,
        "cost": round(best.cost),
        "ways": len(risk.remedies),
    }
    payload: dict[str, Plain] = {
        "site": site,
        "plan": plan,
        "order": risk.order,
        "remedy": best.kind,
        "line": best.line,
        "position": best.position,
        "day": best.day,
        "shift": best.shift,
        "cost": best.cost,
    }
    is_certain = place.low > wanted.due
    return Suggestion(
        f"schedule|late|{site}|{risk.order}|{wanted.due}",
        "schedule",
        RULE,
        place.line,
        now,
        Said("schedule.late.title", fields),
        Said(f"schedule.late.why.{best.kind}", fields),
        "reschedule",
        Permission.PLAN_ORDERS.value,
        CERTAIN if is_certain else LIKELY,
        payload=payload,
        playbook=tuple(said_remedy(one, one.line.rsplit("/", 1)[-1]) for one in risk.remedies),
    )
