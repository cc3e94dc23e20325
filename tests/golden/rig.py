"""Streams, engine, history and commands as they really are, for one morning of two lines; time is what a test says."""

import json
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.boards.codec import decode_line
from app.boards.explain import Explanation
from app.boards.line import LineBoard
from app.commands.desk import CommandDesk
from app.commands.files import FileDesk
from app.commands.ground import Ground
from app.commands.loop import loop_on
from app.domain.events import streams
from app.domain.events.codec import encode
from app.domain.events.contract import Counted, Event, StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import Plant
from app.domain.roles import Identity, Role
from app.engine.process import Engine, EngineConfig
from app.historian.accounts import Audit
from app.historian.database import Database
from app.historian.files import Files
from app.historian.past import Past
from app.historian.process import Historian
from app.reports.run import Question, as_json, make_report
from app.services import Services
from app.streams.boards import RedisBoards
from app.streams.connection import Client
from app.streams.desk import Desk
from app.streams.facts import FactLog
from app.streams.log import LineLog
from app.streams.raw import RawLog
from app.views.history import SqlHistory
from app.web.standard import MailSetup, Stands, commissioning_desk, connection_desk, finding_desk, mail_desk
from tests.makers import THREE_SHIFTS, a_plant_file, plant_from, utc_ms

ONE, TWO = "site/area/line-1", "site/area/line-2"
START = utc_ms("2026-11-23T05:00")
NOW = START + 3 * HOUR_MS + 25 * MINUTE_MS
"""Early begins at 06:00 in Berlin on line 1; line 2 begins an hour later."""


@dataclass
class Rig:
    client: Client
    plant: Plant
    database: Database
    now: int = NOW

    def __post_init__(self) -> None:
        self.who = Identity("mara", Role.MANAGER, ("*",))
        clock = lambda: self.now  # noqa: E731 (a clock in a word)
        boards = RedisBoards(self.client)
        history = SqlHistory(self.database, self.plant, RawLog(self.client))
        desk = CommandDesk(
            lambda: history.plant, Desk(self.client), Audit(self.database), boards, Past(self.database), clock
        )
        mail = mail_desk(self.database, MailSetup(), clock)
        shelf = FileDesk(Files(self.database), Audit(self.database), clock)
        findings = finding_desk(self.database, history, clock)
        stands = Stands(self.plant, "", self.database, clock)
        new = commissioning_desk(stands, lambda: self.plant, boards)
        sources = connection_desk(self.client, self.database, lambda: self.plant, clock)
        loop = loop_on(Ground(lambda: history.plant, self.database, Audit(self.database), boards, desk, clock))
        parts = (desk, history, lambda: self.who, clock, mail, shelf, findings, sources, new, loop)
        self.services = Services(self.plant, boards, *parts)

    def say(self, line: str, *events: Event) -> None:
        LineLog(self.client).append_many(line, [encode(event) for event in events])

    def account(self) -> None:
        """Let the engine count what there is and history take what it tells."""
        engine = Engine(self.client, self.plant, lambda: self.now, EngineConfig("engine"))
        while engine.cycle():
            pass
        engine.finish()
        lines = [line.path for line in self.plant.lines()]
        Historian(self.database, FactLog(self.client), lines, lambda: self.now).drain()

    def board(self, line: str) -> LineBoard:
        return decode_line(self.client.get(f"live:{{{line}}}"))

    def explain(self, kpi: str, equipment: str, window: Interval | None = None) -> Explanation:
        return self.services.explain(kpi, equipment, window)

    def report(self, line: str, folder: Path, window: Interval, by: str = "machine") -> list[dict[str, object]]:
        """Return the rows that `report` gives for the line's stream written out as a log."""
        log, plant = folder / "log.jsonl", folder / "plant.yaml"
        raws = [fields[b"e"] for _, fields in self.client.xrange(streams.events(line))]
        log.write_bytes(b"\n".join(raws))
        plant.write_text(json.dumps(two_lines_file()), encoding="utf-8")
        asked = Question(log, plant, str(window.start), str(window.end), by)
        return list(msgspec.json.decode(as_json(make_report(asked)))["rows"])


def two_lines_file() -> dict[str, object]:
    """Two lines whose shifts begin at different times."""
    file = a_plant_file(machines=("filler", "packer"), line={"shifts": THREE_SHIFTS})
    later = [{**s, "start": f"{(int(s['start'][:2]) + 1) % 24:02}:00", "end": f"{(int(s['end'][:2]) + 1) % 24:02}:00"}
             for s in THREE_SHIFTS]  # fmt: skip
    (site,) = file["sites"]  # type: ignore[misc]
    lines = site["areas"][0]["lines"]
    lines.append({**lines[0], "id": "line-2", "shifts": later})
    new = {**lines[0]["machines"][0], "id": "labeller", "commissioning": True}
    lines[1]["machines"] = [*lines[0]["machines"], new]
    plc = {"id": "plc-7", "gateway": "opcua", "url": "opc.tcp://127.0.0.1:9", "owner": "maintenance"}
    file["sources"] = [{**plc, "machines": ["line-1/filler", "line-1/packer", "labeller"]}]
    return file


def two_lines() -> Plant:
    """Return their plant."""
    return plant_from(two_lines_file())


def a_morning(line: str) -> list[Event]:
    """Runs of half an hour with a stop of five minutes at the end of each; counts every minute, some of them bad."""
    found: list[Event] = []
    for machine in ("filler", "packer"):
        about = {"machine": f"{line}/{machine}", "source": f"plc-{machine}", "epoch": 1}
        for minute in range((NOW - START) // MINUTE_MS):
            t, is_stopped = START + minute * MINUTE_MS, minute % 30 >= 25
            found.append(StateChanged(**about, t=t, seq=2 * minute, state="stop" if is_stopped else "run"))
            good = 0 if is_stopped else 41 + minute % 13
            found.append(Counted(**about, t=t + 30_000, seq=2 * minute + 1, good=good, reject=minute % 5 // 4))
    return sorted(found, key=lambda event: event.t)
