"""What the connections page is made of: how sources are, and refused events mended and replayed, within one's scope."""

import json

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound
from app.commands.connections import ConnectionDesk, reason_key
from app.domain.events import streams
from app.domain.roles import Identity, Role
from app.streams.connection import client_of
from app.streams.health import Health, ProcessHealth
from app.streams.quarantine import Quarantine
from tests.makers import a_plant_file, plant_from

pytestmark = pytest.mark.redis
NOW = 1_795_430_400_000
LINE, OTHER = "site/area/line-1", "site/other"
ENGINEER = Identity("ada", Role.ENGINEER, ("*",))
RAW = {"kind": "state", "machine": "robot", "t": NOW, "source": "plc", "epoch": 1, "seq": 1, "state": "run"}


class Trail:
    def __init__(self) -> None:
        self.rows = []

    def write(self, *row) -> None:
        self.rows.append(row)


def a_plant():
    text = a_plant_file(machines=["m1", "m2"])
    text["sources"] = [
        {"id": "plc-1", "gateway": "modbus", "url": "modbus://user:pw@10.0.0.7:502", "machines": ["m1"], "owner": "ot"},
        {"id": "plc-2", "gateway": "opcua", "url": "opc.tcp://10.0.0.8:4840", "machines": ["m2"]},
    ]
    return plant_from(text)


@pytest.fixture
def client(valkey):
    found = client_of(valkey.url)
    found.flushall()
    yield found
    found.close()


@pytest.fixture
def desk(client) -> ConnectionDesk:
    plant = a_plant()
    return ConnectionDesk(lambda: plant, Health(client), Quarantine(client), Trail(), lambda: NOW)


def on_stream(client, line: str) -> list[dict]:
    return [json.loads(fields[b"e"]) for _, fields in client.xrange(streams.events(line))]


def test_a_source_is_connected_away_or_without_a_gateway(desk, client) -> None:
    health = Health(client)
    assert [row.how for row in desk.board(ENGINEER, "sources").sources] == ["absent", "absent"]
    health.say("gateway", ProcessHealth("plc-1", NOW - 1_000, {"waiting": 3.0, "clock_offset_ms": 2_500.0}))
    health.say("gateway", ProcessHealth("plc-2", NOW - 1_000, {}, problem="the server does not answer"))
    first, second = desk.board(ENGINEER, "sources").sources
    assert (first.how, first.figures["waiting"], first.owner) == ("fine", 3.0, "ot")
    assert first.url == "modbus://10.0.0.7:502"
    assert (second.how, second.problem) == ("away", "the server does not answer")
    health.say("gateway", ProcessHealth("plc-1", NOW - 60_000, {}))
    assert desk.board(ENGINEER, "sources").sources[0].how == "absent"


def test_refused_events_are_gathered_by_why_and_replayed_together(desk, client) -> None:
    aside = Quarantine(client)
    for seq in range(3):
        aside.refuse(LINE, json.dumps({**RAW, "machine": "m1", "seq": seq}).encode(), f"seq {seq}: odd")
    aside.refuse(LINE, b"{", "malformed: truncated")
    board = desk.board(ENGINEER, "refused")
    assert [(g.reason, g.count) for g in board.groups] == [("malformed: truncated", 1), ("seq 2: odd", 3)]
    assert board.refused == 4
    assert desk.replay(ENGINEER, LINE, reason_key("seq 0: odd")) == 3
    assert [event["seq"] for event in on_stream(client, LINE)] == [0, 1, 2]
    assert desk.board(ENGINEER, "refused").refused == 1
    with pytest.raises(NotFound):
        desk.replay(ENGINEER, LINE, reason_key("seq 0: odd"))
    assert [row[2] for row in desk.trail.rows] == ["quarantine.replay"]


def test_an_event_that_named_no_line_is_mended_onto_its_line(desk, client) -> None:
    entry = Quarantine(client).refuse("door", json.dumps(RAW).encode(), "machine 'robot': no such machine")
    with pytest.raises(Invalid):
        desk.replay(ENGINEER, "door", reason_key("machine 'robot': no such machine"))
    with pytest.raises(Invalid, match="robot"):
        desk.mend(ENGINEER, "door", entry, json.dumps(RAW))
    desk.mend(ENGINEER, "door", entry, json.dumps({**RAW, "machine": "m1"}))
    assert [event["machine"] for event in on_stream(client, LINE)] == [f"{LINE}/m1"]
    assert desk.board(ENGINEER, "refused").refused == 0
    with pytest.raises(Conflict):
        desk.mend(ENGINEER, "door", entry, json.dumps({**RAW, "machine": "m1"}))
    (row,) = [row for row in desk.trail.rows if "robot" in row[4]]
    assert row[1:4] == ("ada", "quarantine.mend", LINE)


@pytest.mark.parametrize(
    "who",
    [
        Identity("mia", Role.MANAGER, ("*",)), Identity("otto", Role.OPERATOR, ("*",)),
        Identity("eve", Role.ENGINEER, (OTHER,)), Identity("kiosk", Role.DISPLAY, ("*",)),
    ],
)  # fmt: skip
def test_who_may_not_does_not(desk, client, who) -> None:
    entry = Quarantine(client).refuse(LINE, json.dumps(RAW).encode(), "odd")
    with pytest.raises(Forbidden):
        desk.replay(who, LINE, "odd")
    with pytest.raises(Forbidden):
        desk.mend(who, LINE, entry, json.dumps({**RAW, "machine": "m1"}))
    if who.role is not Role.DISPLAY:
        assert desk.board(who, "refused").groups == ()
    assert desk.trail.rows == []
    assert on_stream(client, LINE) == []


def test_a_supervisor_replays_and_does_not_write_events(desk, client) -> None:
    who = Identity("sue", Role.SUPERVISOR, ("site/area",))
    entry = Quarantine(client).refuse(LINE, json.dumps({**RAW, "machine": "m1"}).encode(), "odd")
    with pytest.raises(Forbidden):
        desk.mend(who, LINE, entry, json.dumps({**RAW, "machine": "m1"}))
    assert desk.replay(who, LINE, "odd") == 1


def test_sources_and_refused_events_of_others_are_not_shown(desk, client) -> None:
    Quarantine(client).refuse(LINE, b"{", "odd")
    Quarantine(client).refuse("door", b"{", "odd")
    board = desk.board(Identity("eve", Role.ENGINEER, (OTHER,)), "refused")
    assert (board.sources, board.refused, board.groups) == ((), 0, ())
    assert {g.line for g in desk.board(ENGINEER, "refused").groups} == {LINE, "door"}
