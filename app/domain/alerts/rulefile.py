"""Rules file, as nested values that remember their place -> RuleBook; every mistake is reported at once."""

import hashlib
import json
from collections.abc import Sequence

from app.domain.alerts import rulekeys as keys
from app.domain.alerts.condition import (
    CHANNELS,
    DEFAULT_FLOOR,
    DEFAULT_HORIZON_MS,
    LONGEST_DELAY_MS,
    PRIORITIES,
    SUPPRESSORS,
    AlertRule,
    EscalationStep,
)
from app.domain.alerts.rule import Playbook, Rule, RuleBook, Step
from app.domain.alerts.rulewatch import watch_of
from app.domain.alerts.rulewhere import Where, where_of
from app.domain.alerts.rulewords import one_of, several_of, share, whole, words_of
from app.domain.plant.equipment import Plant
from app.domain.plant.form import Form, Notes, suggestion
from app.domain.plant.names import Ids
from app.domain.plant.node import Mistake, Node, PlantFileErrors, plain
from app.domain.plant.read_calendar import local_date
from app.domain.roles import PEOPLE, TASKS
from app.domain.units import duration_ms

ROLES = tuple(role.value for role in PEOPLE)
LONGEST_HORIZON_MS = 24 * 3_600_000


def rulebook_of(root: Node, plant: Plant, found: Sequence[Mistake] = ()) -> RuleBook:
    """Return what a rules file says about a plant.

    found: mistakes known before. Raises PlantFileErrors with them and every mistake in the file.
    """
    notes = Notes()
    notes.mistakes.extend(found)
    form = Form(root, "", notes, keys.FILE)
    if form.needed("version", "version: 1") not in {"", "1"}:
        form.wrong("version", f"version `{form.text('version')}` is not known", "version: 1")
    ids = Ids("playbook")
    playbooks = [_playbook(entry, ids.of(entry)) for entry in form.forms("playbooks", keys.PLAYBOOK)]
    ids = Ids("rule")
    named = [one.id for one in playbooks]
    rules = [_rule(entry, ids.of(entry), plant, named) for entry in form.forms("rules", None)]
    if notes.mistakes:
        raise PlantFileErrors(notes.mistakes)
    version = hashlib.sha256(json.dumps(plain(root), sort_keys=True).encode()).hexdigest()[:12]
    return RuleBook({r.id: r for r in rules}, {p.id: p for p in playbooks}, root.file, version)


def _rule(raw: Form, own_id: str, plant: Plant, playbooks: Sequence[str]) -> Rule:
    kind = one_of(raw, "kind", tuple(keys.KINDS))
    allowed = {*keys.COMMON, *(keys.KINDS[kind] if kind else (key for own in keys.KINDS.values() for key in own))}
    form = Form(raw.node, raw.path, raw.notes, allowed)
    where = where_of(form, plant)
    reasons = tuple(reason.id for reason in plant.reasons.leaves())
    return Rule(
        alert=_alert(form, own_id, playbooks),
        kind=kind or "state",
        watch=watch_of(form, kind, Where(plant, where.path, where.template)),
        version=form.parsed("version", whole, 1),
        author=form.needed("author", "who answers for the rule"),
        where=where.path,
        template=where.template,
        since=_date(form),
        enabled=form.boolean("enabled") if "enabled" in form else True,
        why=words_of(form, "why", may_name=keys.PLACEHOLDERS) if "why" in form else None,
        predicts="horizon" in form,
        foresees=several_of(form, "foresees", reasons),
    )


def _alert(form: Form, own_id: str, playbooks: Sequence[str]) -> AlertRule:
    playbook = form.text("playbook")
    if playbook is not None and playbook not in playbooks:
        form.wrong("playbook", f"unknown playbook `{playbook}`", suggestion(playbook, playbooks))
    return AlertRule(
        id=own_id,
        title=words_of(form, "title"),
        consequence=words_of(form, "consequence"),
        response=words_of(form, "response"),
        owner=one_of(form, "owner", ROLES) or None,
        priority=one_of(form, "priority", PRIORITIES) or None,
        on_delay_ms=_delay(form, "on_delay", LONGEST_DELAY_MS),
        off_delay_ms=_delay(form, "off_delay", LONGEST_DELAY_MS),
        suppressed_in=several_of(form, "suppressed_in", SUPPRESSORS),
        escalation=tuple(_escalation(entry) for entry in form.forms("escalation", keys.ESCALATION)),
        playbook=playbook,
        floor=form.parsed("floor", share, DEFAULT_FLOOR),
        task=(one_of(form, "task", TASKS) or None) if "task" in form else None,
        horizon_ms=_delay(form, "horizon", LONGEST_HORIZON_MS) if "horizon" in form else DEFAULT_HORIZON_MS,
    )


def _escalation(form: Form) -> EscalationStep:
    after = _delay(form, "after", LONGEST_DELAY_MS)
    return EscalationStep(after, one_of(form, "who", ROLES) or "", one_of(form, "channel", CHANNELS) or "screen")


def _delay(form: Form, key: str, longest: int) -> int:
    form.needed(key, "a duration such as 0s or 5min")
    found = form.parsed(key, duration_ms, 0)
    if found > longest:
        form.wrong(key, f"`{form.text(key)}` is too long", f"at most {longest // 3_600_000}h")
    return found


def _date(form: Form) -> str | None:
    found = form.parsed("since", local_date, None)
    return None if found is None else found.isoformat()


def _playbook(form: Form, own_id: str) -> Playbook:
    steps = tuple(_step(entry) for entry in form.forms("steps", keys.STEP))
    if not steps:
        form.wrong("steps", "a playbook without steps", "at least one: `- {text: {en: ..., de: ...}}`")
    return Playbook(
        id=own_id,
        version=form.parsed("version", whole, 1),
        author=form.needed("author", "who answers for the playbook"),
        title=words_of(form, "title"),
        steps=steps,
        gain=words_of(form, "gain") if "gain" in form else None,
    )


def _step(form: Form) -> Step:
    return Step(words_of(form, "text"), one_of(form, "who", ROLES) if "who" in form else None)
