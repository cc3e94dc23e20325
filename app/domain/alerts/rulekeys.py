"""Every key a rules file may hold, by the place it stands in. docs/rules.md describes each of them."""

FILE = ("version", "rules", "playbooks")
WORDS = ("en", "de")
COMMON = (
    *("id", "version", "author", "since", "enabled", "kind", "where", "template", "title", "why", "consequence"),
    *("response", "owner", "priority", "on_delay", "off_delay", "suppressed_in", "escalation", "playbook", "horizon"),
    *("foresees", "floor", "task"),
)
STATE = ("states", "for", "reasons")
STOPS = ("count", "within", "reasons")
SIGNAL = ("signal", "above", "below", "for", "deadband", "running")
TREND = ("signal", "above", "below", "within", "over", "running")
KPI = ("figure", "above", "below", "coverage", "after")
SCRAP = ("above", "over", "units")
ANDON = ("for",)
SUGGESTION = ("flow", "confidence")
ESCALATION = ("after", "who", "channel")
PLAYBOOK = ("id", "version", "author", "title", "steps", "gain")
STEP = ("text", "who")

KINDS = {
    "state": STATE,
    "stops": STOPS,
    "signal": SIGNAL,
    "trend": TREND,
    "kpi": KPI,
    "scrap": SCRAP,
    "andon": ANDON,
    "suggestion": SUGGESTION,
}
PLACES = {
    "file": FILE,
    "words": WORDS,
    "rule": COMMON,
    **{f"kind {kind}": own for kind, own in KINDS.items()},
    "escalation step": ESCALATION,
    "playbook": PLAYBOOK,
    "step": STEP,
}
FRACTIONS = ("oee", "availability", "performance", "quality")
TIMES = ("unclassified_ms", "lost_ms")
FIGURES = (*FRACTIONS, *TIMES)
PLACEHOLDERS = ("value", "limit", "unit", "minutes", "count", "reason")
"""What engineers' own words of `why` may name in braces."""
