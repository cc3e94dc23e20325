"""Which parts the decision loop has, and how often each is due."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.connectors.registry import Ways
from app.decider.alerts import AlertWatch
from app.decider.beside import Beside
from app.decider.conditions import Conditions
from app.decider.delivery import delivery_parts
from app.decider.demand import DemandTaker
from app.decider.maintenance import MaintenanceWatch
from app.decider.maintenance_past import Learner
from app.decider.outcomes import OutcomeKeeper
from app.decider.process import LEASE_MS, Decider, Part
from app.decider.qualified import Qualified
from app.decider.quality import QualityWatch
from app.decider.schedule import Scheduler
from app.decider.trends import TrendKeeper
from app.decider.work_moves import WorkMover
from app.domain.alerts.message import Message
from app.domain.decisions.work import failure_codes
from app.domain.plant.equipment import Plant
from app.historian.accounts import Audit
from app.historian.adjustments import Protocols
from app.historian.alerts import Alerts
from app.historian.database import Database
from app.historian.exceptions import WorkedPlant
from app.historian.messages import Messages
from app.historian.outside_orders import OutsideOrders
from app.historian.quality import QualityMemory
from app.historian.rule_facts import RuleFacts
from app.historian.skills import SkillBook
from app.historian.suggestions import Suggestions
from app.historian.trends import Trends
from app.historian.work_orders import WorkOrders
from app.ruleyaml import RuleFile
from app.streams.boards import RedisBoards
from app.streams.connection import Client
from app.streams.demand import DemandLog
from app.streams.late import LateIndex
from app.streams.leases import Leases
from app.streams.log import LineLog

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Stands:
    """What parts stand on. plant_file: rules and playbooks lie beside it; now: UTC ms."""

    plant_file: Path
    plant: Plant
    client: Client
    database: Database
    now: Callable[[], int]
    ways: Ways


def parts_on(on: Stands) -> list[Part]:
    """Return the parts in the order in which they run."""
    scheduler = Scheduler(WorkedPlant(on.database, on.plant).now, on.database, RedisBoards(on.client), on.now)
    planning = Part("schedule", 500, Beside(scheduler.step))
    taker = DemandTaker(scheduler.plant, DemandLog(on.client), on.database, Audit(on.database))
    orders = OutsideOrders(WorkOrders(on.database), frozenset(failure_codes(on.plant.reasons)))
    return [
        *_watching(on),
        *_measuring(on),
        Part("demand", 2_000, taker.step),
        planning,
        Part("work moves", 20_000, WorkMover(scheduler.plant, on.database).step),
        *delivery_parts(on.database, on.ways, orders, on.now),
    ]


def _watching(on: Stands) -> list[Part]:
    """Return what looks at machines as they are now."""
    lines = [line.path for line in on.plant.lines()]
    keeper = TrendKeeper(LineLog(on.client), Trends(on.database), LateIndex(on.client), lines)
    rules = Conditions(
        RuleFile(on.plant_file, on.plant), on.plant, RuleFacts(on.database, on.plant), RedisBoards(on.client)
    )
    messages, worked = Messages(on.database), WorkedPlant(on.database, on.plant)

    def tell(message: Message) -> None:
        messages.put([replace(message, place=on.plant.called(message.equipment))])

    alerts = AlertWatch(
        rules.now, rules.rules, Alerts(on.database), tell, Qualified(worked.now, SkillBook(on.database))
    )
    return [Part("trends", 5_000, keeper.step), Part("alerts", 5_000, alerts.step)]


def _measuring(on: Stands) -> list[Part]:
    """Return what looks at hours and shifts."""
    suggestions = Suggestions(on.database)
    quality = QualityWatch(on.plant, QualityMemory(on.database), Protocols(on.database), suggestions)
    outcomes = OutcomeKeeper(on.database, on.plant)
    maintenance = MaintenanceWatch(on.plant, on.database, Learner(on.plant, on.database))
    looking = [Part("maintenance", MINUTE_MS, maintenance.step), Part("quality", MINUTE_MS, quality.step)]
    return [*looking, Part("outcomes", 5 * MINUTE_MS, outcomes.step)]


def decider_on(
    plant_file: Path, plant: Plant, client: Client, database: Database, now: Callable[[], int], ways: Ways | None = None
) -> Decider:
    """Return the decision loop of a plant. now: UTC ms; ways: to people and systems, None: there are none."""
    leases = Leases(client, f"decider-{secrets.token_hex(4)}", LEASE_MS)
    return Decider(parts_on(Stands(plant_file, plant, client, database, now, ways or Ways())), leases, now)
