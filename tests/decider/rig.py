"""Rules, conditions and a watch over them, for tests of alerts: everything real but what the machines do."""

from dataclasses import dataclass, field

from app.decider.alerts import AlertWatch
from app.domain.alerts.condition import AlertRule, Condition, EscalationStep
from app.domain.alerts.message import Message
from app.domain.interval import MINUTE_MS
from app.domain.suggestion import Evidence, Said
from app.historian.alerts import Alerts
from app.historian.database import Database

NOW = 1_795_430_400_000


def a_rule(key: str = "hot", **changes: object) -> AlertRule:
    said = {
        "id": key, "title": Said("own", {"en": f"{key}: filler too hot", "de": f"{key}: Füller zu heiß"}),
        "consequence": Said("own", {"en": "Seals melt within the hour"}),
        "response": Said("own", {"en": "Open the cooling valve"}),
        "owner": "operator", "priority": "high", "on_delay_ms": 10_000, "off_delay_ms": 5_000,
        "suppressed_in": ("setup",),
        "escalation": (
            EscalationStep(0, "operator", "screen"), EscalationStep(MINUTE_MS, "operator", "sound"),
            EscalationStep(10 * MINUTE_MS, "supervisor", "mail"),
        ),
    }  # fmt: skip
    return AlertRule(**{**said, **changes})


def a_condition(equipment: str, rule: str = "hot", since: int = NOW, **changes: object) -> Condition:
    points = tuple((since - 60_000 * n, 71.0 + 10 / (n + 1)) for n in range(30, -1, -1))
    proof = Evidence("temperature", "°C", points, low=60.0, high=78.0, mark_ms=since)
    why = Said("own", {"en": "{value} °C for 5 min, limit 78 °C", "value": 81.25})
    return Condition(rule, equipment, since, why, changes.pop("evidence", proof), **changes)


@dataclass
class Rig:
    """holds: the conditions that hold; sent: messages by key, as an outbox keeps them; asked: how often it was told."""

    database: Database
    rules: dict[str, AlertRule] = field(default_factory=lambda: {"hot": a_rule()})
    holds: list[Condition] = field(default_factory=list)
    sent: dict[str, Message] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        self.store = Alerts(self.database)
        self.watch = AlertWatch(lambda now: self.holds, lambda: self.rules, self.store, self.tell)

    def tell(self, message: Message) -> None:
        self.asked += 1
        self.sent.setdefault(message.key, message)

    def again(self) -> None:
        """A process that starts anew."""
        self.watch = AlertWatch(lambda now: self.holds, lambda: self.rules, self.store, self.tell)

    def happened(self) -> list[str]:
        return [event.what for event in self.store.came(0)]
