"""Orders at risk as suggestions: what is late, by how much, what helps and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.decisions.remedies import KINDS, MOST_REMEDIED, Remedy, Risk, Solved
from app.domain.decisions.schedule import Assignment, Demand
from app.domain.roles import Permission
from app.domain.suggestion import Plain, Said, Suggestion

RULE = "order_at_risk"
LIKELY, CERTAIN = 0.6, 0.9


def late_suggestions(site: str, plan: int, solved: Solved, now: int) -> list[Suggestion]:
    """Return a suggestion for each order at risk that something helps, or that is made now though nothing does.

    plan: number of the plan it is about. What is not begun and cannot be helped is on the schedule's page only.
    """
    orders = {one.order: one for one in solved.orders}
    places = {a.order: a for a in solved.plan.assignments}
    found = []
    for number, risk in enumerate(solved.risks):
        if risk.order not in orders or risk.order not in places:
            continue
        about = risk, orders[risk.order], places[risk.order]
        if risk.remedies:
            found.append(_suggestion(site, plan, about, now))
        elif number < MOST_REMEDIED and about[2].running:  # for those after it nobody has looked for help
            found.append(_beyond_help(about, site, now))
    return found


def anew(found: Sequence[Suggestion], helped: Sequence[Suggestion], plan: int) -> list[Suggestion]:
    """Return suggestions with keys of their own for orders that are late again though somebody helped them before.

    helped: accepted suggestions. Until then a suggestion keeps its key, so that "wrong" and "not now" last.
    """
    before = {one.key for one in helped}
    about = {one.key: one.payload.get("plan") for one in helped}
    return [replace(one, key=f"{one.key}|{plan}") if one.key in before and about[one.key] != plan else one
            for one in found]  # fmt: skip


def asked_of(suggestion: Suggestion) -> tuple[tuple[str, str], ...]:
    """Return what whoever carries a suggestion out must be allowed, and where: (permission, path).

    A plan is its site's, not the line's it is late on; an extra shift is said for its line besides.
    """
    payload = suggestion.payload
    if suggestion.action != "reschedule":
        return ((suggestion.permission, suggestion.equipment),)
    plan = (suggestion.permission, str(payload.get("site") or suggestion.equipment))
    if payload.get("remedy") != "extra_shift":
        return (plan,)
    return plan, (Permission.EDIT_CLOSED.value, str(payload.get("line") or suggestion.equipment))


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


def _fields(about: tuple[Risk, Demand, Assignment]) -> dict[str, Plain]:
    """What is said of every order that will be late."""
    risk, wanted, place = about
    return {
        "order": risk.order,
        "line": place.line.rsplit("/", 1)[-1],
        "late_span": risk.late_ms,
        "due_moment": wanted.due,
        "low_moment": place.low,
        "high_moment": place.high,
    }


def _suggestion(site: str, plan: int, about: tuple[Risk, Demand, Assignment], now: int) -> Suggestion:
    risk, wanted, place = about
    best = risk.remedies[0]
    fields = _fields(about) | {
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


def _beyond_help(about: tuple[Risk, Demand, Assignment], site: str, now: int) -> Suggestion:
    """Say that an order which is made now ends late and nothing changes it: call the leader."""
    risk, wanted, place = about
    fields = _fields(about)
    return Suggestion(
        f"schedule|beyond|{site}|{risk.order}|{wanted.due}",
        "schedule",
        RULE,
        place.line,
        now,
        Said("schedule.late.title", fields),
        Said("schedule.late.why.nothing", fields),
        "call",
        Permission.CALL_ANDON.value,
        CERTAIN if place.low > wanted.due else LIKELY,
        payload={"site": site, "order": risk.order, "call": "leader"},
        playbook=tuple(Said(f"schedule.beyond.step.{step}") for step in ("call", "part", "tell")),
    )
