"""What a person puts right on the downtime page -> the services; what was refused is told with its reason."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.domain.decisions.work import OrderWanted
from app.domain.plant.localtime import instant, next_at
from app.services import (
    CountEdit,
    Invalid,
    OrderEdit,
    Refused,
    Services,
    ShiftsEdit,
    StopEdit,
    StopMerge,
    StopSeen,
    StopSplit,
)
from app.text.numbers import asked_number
from app.text.translate import t

Ask = dict[str, Any]
Answer = dict[str, object]
PLANNED = {"yes": True, "no": False}


def say(services: Services, ask: Ask, lang: str) -> Answer:
    """Do what was asked; return what the toast says, with how to undo it. Raises what the command raises."""
    return {"kind": "done", "key": ask["key"], **DONE[ask["what"]](services, ask, lang)}


def _classify(services: Services, ask: Ask, lang: str) -> Answer:
    """Say what each picked stop was; those refused are told, the others stand."""
    seen = _seen(ask)
    if ask.get("from") and len(seen) == 1:
        return _split(services, ask, lang, seen[0])
    refused = []
    for stop in seen:
        edit = StopEdit(
            stop.stop,
            ask.get("reason") or None,
            stop.saw,
            planned=_planned(ask),
            note=ask.get("note") or None,
            key=f"{ask['key']}-{stop.stop}",
            saw_end=stop.saw_end,
            state=ask.get("state") or None,
        )
        try:
            services.commands.classify(edit)
        except Refused as error:
            refused.append(error.words(lang))
    title = t("downtime.saved", lang, n=len(seen) - len(refused))
    told: Answer = {"title": title, "text": " ".join(dict.fromkeys(refused))}
    before = {stop.saw for stop in seen}
    return told if refused or len(before) > 1 else told | _undo(ask, seen, before.pop())


def _split(services: Services, ask: Ask, lang: str, seen: StopSeen) -> Answer:
    machine, _, start = seen.stop.rpartition("@")
    zone = services.zone(machine)
    try:
        at = next_at(ask["from"], int(start), zone)
    except ValueError as error:
        raise Invalid("refused.split_at") from error
    reason = ask.get("reason") or ""
    split = StopSplit(seen.stop, at, reason, seen.saw, seen.saw_end, _planned(ask), ask.get("note") or None, ask["key"])
    services.commands.split(split)
    part = StopSeen(f"{machine}@{at}", reason, seen.saw_end)
    return {"title": t("edit.split.done", lang)} | _undo(ask, [part], None)


def _merge(services: Services, ask: Ask, lang: str) -> Answer:
    seen = sorted(_seen(ask), key=lambda stop: int(stop.stop.rpartition("@")[2]))
    reason = ask.get("reason") or ""
    services.commands.merge(StopMerge(seen, reason, _planned(ask), ask.get("note") or None, ask["key"]))
    whole = StopSeen(seen[0].stop, reason, seen[-1].saw_end)
    return {"title": t("edit.merge.done", lang)} | _undo(ask, [whole], None)


def _counts(services: Services, ask: Ask, lang: str) -> Answer:
    made_at = asked_instant(ask.get("made_at", ""), services.zone(ask["machine"]))
    made = [_whole(ask, name) for name in ("good", "reject", "rework")]
    said = (ask.get("note", ""), *made, ask.get("reason") or None, ask["key"])
    services.commands.counts(CountEdit(ask["machine"], made_at, *said))
    return {"title": t("edit.counts.done", lang)}


def _order(services: Services, ask: Ask, lang: str) -> Answer:
    action, was, order = [*ask.get("which", "").split("|", 2), "", "", ""][:3]
    if action not in ("start", "end") or not was.isdecimal():
        raise Invalid("refused.no_run", order=order)
    at = asked_instant(ask.get("at", ""), services.zone(ask["line"]))
    said = (ask.get("note", ""), ask.get("product") or None, ask["key"])
    services.commands.correct_order(OrderEdit(ask["line"], order, action, int(was), at, *said))
    return {"title": t("edit.order.done", lang)}


def _shifts(services: Services, ask: Ask, lang: str) -> Answer:
    try:
        day = date.fromisoformat(ask.get("date", ""))
    except ValueError as error:
        raise Invalid("refused.moment") from error
    names = [name.partition("|")[2] for name, value in ask.items() if name.startswith("shift|") and value]
    services.commands.shifts(ShiftsEdit(ask["line"], day, names, ask.get("note", ""), ask["key"]))
    return {"title": t("edit.shifts.done", lang)}


def _repair(services: Services, ask: Ask, lang: str) -> Answer:
    """Name the stop in an order of its machine (number and version, as it was seen), or in a new one."""
    desk, who, stop = services.loop.maintenance, services.user(), ask.get("stop", "")
    number, _, seen = ask.get("order", "").partition("|")
    if number:
        desk.attach_stop(who, asked_number(number), asked_number(seen), stop)
    else:
        wanted = OrderWanted(stop.rpartition("@")[0], ask.get("title", ""), stop=stop)
        number = str(desk.make(who, wanted))
    return {"title": t("downtime.repair.done", lang, n=number)}


DONE: Mapping[str, Callable[[Services, Ask, str], Answer]] = {
    "classify_many": _classify,
    "merge_stops": _merge,
    "counts": _counts,
    "order": _order,
    "shifts": _shifts,
    "repair": _repair,
}


def _seen(ask: Ask) -> list[StopSeen]:
    stops: list[list[str]] = json.loads(ask["stops"])
    return [StopSeen(stop, saw or None, int(end) if end else None) for stop, saw, end in stops]


def _planned(ask: Ask) -> bool | None:
    return PLANNED.get(ask.get("planned", "")) if ask.get("reason") else None


def _undo(ask: Ask, seen: list[StopSeen], before: str | None) -> Answer:
    """Return what puts the stops back to the reason they had; a closed shift wants the same note again."""
    said = [[stop.stop, ask.get("reason") or "", "" if stop.saw_end is None else str(stop.saw_end)] for stop in seen]
    back = {"what": "classify_many", "stops": json.dumps(said), "reason": before or "", "note": ask.get("note", "")}
    return {"undo": back}


def asked_instant(text: str, zone: str) -> int:
    """Return UTC ms of a date and time from a form. Raises Invalid."""
    try:
        return instant(text, zone)
    except ValueError as error:
        raise Invalid("refused.moment") from error


def _whole(ask: Ask, name: str) -> int:
    try:
        return int(ask.get(name) or 0)
    except ValueError as error:
        raise Invalid("refused.units", most=1_000_000, units=ask[name]) from error
