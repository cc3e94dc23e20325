"""Suggestions as a flow would put them down, for tests."""

from app.domain.interval import HOUR_MS, MINUTE_MS
from app.domain.roles import Permission
from app.domain.suggestion import Evidence, Gain, Said, Suggestion
from tests.sample_boards import LINE, NOW

BASIS = Said("decisions.promise", {"mid": 1, "low": 2, "high": 3})


def a_suggestion(key: str = "alert|hot|1", **changes: object) -> Suggestion:
    """Return a call for help at the filler of line 1: 200 units a shift, 80 % sure; changes: any of its fields."""
    curve = tuple((NOW - 60 * MINUTE_MS + n * MINUTE_MS, 61.0 + n * 0.15) for n in range(60))
    said: dict[str, object] = {
        "flow": "alert",
        "rule": "hot",
        "equipment": f"{LINE}/filler",
        "at": NOW - HOUR_MS,
        "title": Said("Valve 12 runs hot"),
        "why": Said("+6 C in 40 min; the stop it leads to is likely within the hour"),
        "action": "call",
        "permission": Permission.ANSWER_ALERT.value,
        "confidence": 0.8,
        "gain": Gain(120.0, 200.0, 280.0, BASIS),
        "evidence": Evidence("Valve 12", "\u00b0C", curve, None, 68.0, NOW - 30 * MINUTE_MS),
        "playbook": (Said("Close the valve"), Said("Look at the seal"), Said("Note the temperature")),
        **changes,
    }
    return Suggestion(key, **said)  # type: ignore[arg-type]
