"""A set-point is written to a real OPC UA server only when every single condition holds, and then it is read back."""

from dataclasses import replace

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, Unavailable
from app.connectors.line_opcua import OpcUaWriter
from app.connectors.set_point import WriteFailed
from app.domain.decisions.adjusting import AdjustmentProtocol, Happened
from app.domain.plant.equipment import Source
from app.domain.roles import Identity, Role
from app.domain.suggestion import Said, Suggestion
from app.historian.adjustments import Adjustments, Protocols
from app.historian.database import migrate, open_database
from app.web.set_points import opc_ua_writer
from tests.gateways.modbus.server import free_port
from tests.gateways.opcua.server import Plc
from tests.quality_story import DRAFT, ENGINEER, FILLER, OPERATOR, SUPERVISOR, Story, story_plant

NODE = "Filler/Setpoint"
NAMES = {NODE: 78.0, "Filler/Whole": 78, "Filler/Word": "hot", "Filler/Locked": 78.0}
ELSEWHERE = Identity("sara", Role.SUPERVISOR, ("site/other",))


async def writable(plc: Plc) -> None:
    for name in ("Filler/Setpoint", "Filler/Whole", "Filler/Word"):
        await plc.nodes[name].set_writable()


@pytest.fixture
def plc():
    with Plc(free_port(), dict(NAMES), prepare=writable) as found:
        yield found


@pytest.fixture
def story(tmp_path, plc) -> Story:
    database = open_database(None, tmp_path)
    migrate(database)
    plant = story_plant(plc.url)
    yield Story(database, plant, opc_ua_writer(lambda: plant))
    database.dispose()


def held(plc: Plc, name: str = NODE):
    return plc.do(plc.nodes[name].read_value())


def asked(story: Story, to: float = 76.0, address: str = NODE) -> str:
    """An adjustment from 78 whose writing the operator asked for."""
    draft = replace(DRAFT, source="plc", address=address)
    protocol = story.desk.write_protocol(ENGINEER, draft)
    payload = {"protocol": protocol, "from_value": 78.0, "to_value": to}
    suggestion = Suggestion(
        "quality|x", "quality", "quality.rise", FILLER, story.now, Said("quality.suggestion.title"),
        Said("quality.suggestion.why"), "adjust", "adjust_line", 0.9, payload=payload,
    )  # fmt: skip
    reference = story.desk.act(OPERATOR, suggestion)
    story.desk.ask_write(OPERATOR, reference)
    return reference


def state(story: Story, reference: str) -> str:
    return Adjustments(story.database).get(reference).state


def test_an_approved_set_point_is_written_read_back_and_audited_before_and_after(story, plc) -> None:
    reference = asked(story)
    assert held(plc) == 78.0
    story.desk.approve_write(SUPERVISOR, reference)
    assert held(plc) == 76.0
    found = Adjustments(story.database).get(reference)
    assert (found.state, found.done.value, found.done.by) == ("done", 76.0, "sven")
    assert "was 78.0" in found.done.note
    assert story.trail.whats()[-2:] == ["quality.writing", "quality.written"]
    with pytest.raises(Conflict):
        story.desk.approve_write(SUPERVISOR, reference)


def test_the_old_value_is_written_back_when_somebody_else_approves(story, plc) -> None:
    plc.write(NODE, 77.5)
    reference = asked(story)
    story.desk.approve_write(SUPERVISOR, reference)
    story.desk.ask_back(OPERATOR, reference)
    assert (held(plc), state(story, reference)) == (76.0, "back_asked")
    for who, why in ((OPERATOR, Forbidden), (ELSEWHERE, Forbidden)):
        with pytest.raises(why):
            story.desk.approve_write(who, reference)
    story.desk.approve_write(SUPERVISOR, reference)
    found = Adjustments(story.database).get(reference)
    assert (held(plc), found.state, found.steps[-1].value) == (77.5, "gone_back", 77.5)
    assert story.trail.whats()[-3:] == ["quality.back_asked", "quality.back_writing", "quality.gone_back"]
    with pytest.raises(Conflict):
        story.desk.approve_write(SUPERVISOR, reference)


def test_writing_back_takes_two_people_too(story, plc) -> None:
    reference = asked(story)
    story.desk.approve_write(SUPERVISOR, reference)
    story.desk.ask_back(SUPERVISOR, reference)
    with pytest.raises(Conflict):
        story.desk.approve_write(SUPERVISOR, reference)
    assert held(plc) == 76.0


def test_an_old_value_that_cannot_be_written_back_is_said_and_can_still_be_undone_by_hand(story, plc) -> None:
    plc.write(NODE, 77.5)
    reference = asked(story)
    story.desk.approve_write(SUPERVISOR, reference)
    story.desk.ask_back(OPERATOR, reference)
    plc.write(NODE, 70.0)
    with pytest.raises(Unavailable, match="more than the 3"):
        story.desk.approve_write(SUPERVISOR, reference)
    assert (held(plc), state(story, reference)) == (70.0, "done")
    protocol = story.desk.board(ENGINEER, FILLER).protocols[0]
    narrow = replace(DRAFT, high="77", source="plc", address=NODE, id=protocol.id)
    story.desk.write_protocol(ENGINEER, narrow)
    with pytest.raises(Invalid):
        story.desk.ask_back(OPERATOR, reference)
    story.desk.go_back(OPERATOR, reference, "turned it by hand")
    assert state(story, reference) == "gone_back"


def test_what_was_set_by_hand_is_not_written_back(story, plc) -> None:
    reference = asked(story)
    story.desk.confirm(OPERATOR, reference, "76")
    with pytest.raises(Conflict):
        story.desk.ask_back(OPERATOR, reference)
    assert held(plc) == 78.0


def test_it_is_off_until_it_is_switched_on(story, plc) -> None:
    reference = asked(story)
    story.writer = None
    with pytest.raises(Conflict, match="switched off"):
        story.desk.approve_write(SUPERVISOR, reference)
    assert (held(plc), state(story, reference)) == (78.0, "write_asked")


def test_whoever_asked_may_not_approve_and_an_operator_never_may(story, plc) -> None:
    reference = asked(story)
    with pytest.raises(Forbidden):
        story.desk.approve_write(OPERATOR, reference)
    with pytest.raises(Forbidden):
        story.desk.approve_write(ELSEWHERE, reference)
    with pytest.raises(Conflict, match="Somebody else"):
        story.desk.approve_write(replace(SUPERVISOR, name=OPERATOR.name), reference)
    assert held(plc) == 78.0


def test_nothing_is_written_that_nobody_asked_to_write(story, plc) -> None:
    reference = asked(story)
    story.desk.drop(OPERATOR, reference)
    with pytest.raises(Conflict):
        story.desk.approve_write(SUPERVISOR, reference)
    assert held(plc) == 78.0


def test_limits_are_those_of_the_protocol_when_it_is_written(story, plc) -> None:
    reference = asked(story)
    (protocol,) = Protocols(story.database).on([FILLER])
    draft = replace(DRAFT, low="77", source="plc", address=NODE, id=protocol.id)
    story.desk.write_protocol(ENGINEER, draft)
    with pytest.raises(Invalid, match="outside 77"):
        story.desk.approve_write(SUPERVISOR, reference)
    assert held(plc) == 78.0


def test_a_step_is_measured_from_where_the_machine_stands_then(story, plc) -> None:
    reference = asked(story)
    plc.write(NODE, 79.5)
    with pytest.raises(Unavailable, match="more than the 3"):
        story.desk.approve_write(SUPERVISOR, reference)
    assert (held(plc), state(story, reference)) == (79.5, "open")
    assert story.trail.whats()[-2:] == ["quality.writing", "quality.write_failed"]


def test_what_is_being_written_is_not_written_twice(story, plc) -> None:
    reference = asked(story)
    found = Adjustments(story.database).get(reference)
    Adjustments(story.database).happened(reference, Happened(len(found.steps), story.now, "sven", "writing", 76.0))
    with pytest.raises(Conflict):
        story.desk.approve_write(SUPERVISOR, reference)
    assert held(plc) == 78.0
    story.desk.confirm(OPERATOR, reference, "78")
    assert state(story, reference) == "done"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("Filler/Nothing", "there is no `Nothing`"),
        ("Filler/Word", "no number"),
        ("Filler/Locked", "BadUserAccessDenied|BadNotWritable"),
    ],
)
def test_a_node_that_is_not_there_no_number_or_locked_says_so(story, plc, address: str, why: str) -> None:
    reference = asked(story, address=address)
    with pytest.raises(Unavailable, match=why):
        story.desk.approve_write(SUPERVISOR, reference)
    assert (state(story, reference), held(plc, "Filler/Locked")) == ("open", 78.0)


def test_a_whole_node_takes_no_fraction(story, plc) -> None:
    reference = asked(story, to=76.5, address="Filler/Whole")
    with pytest.raises(Unavailable, match="whole numbers"):
        story.desk.approve_write(SUPERVISOR, reference)
    assert held(plc, "Filler/Whole") == 78


def test_a_server_that_is_away_is_a_write_that_failed(story, plc) -> None:
    reference = asked(story)
    plc.__exit__()
    with pytest.raises(Unavailable, match="does not answer"):
        story.desk.approve_write(SUPERVISOR, reference)
    assert state(story, reference) == "open"


class Deaf:
    """A node that takes a value and keeps its own."""

    def __init__(self, node) -> None:
        self._node, self.nodeid = node, node.nodeid

    async def read_data_value(self):
        return await self._node.read_data_value()

    async def write_attribute(self, *_) -> None:
        """Nothing changes."""


def test_a_value_that_does_not_stick_is_told(story, plc) -> None:
    inner = opc_ua_writer(lambda: story.plant).opened

    class Opened:
        def __init__(self, source: Source, address: str) -> None:
            self._inside = inner(source, address)

        async def __aenter__(self):
            return Deaf(await self._inside.__aenter__())

        async def __aexit__(self, *why):
            return await self._inside.__aexit__(*why)

    protocol = AdjustmentProtocol(
        "p", 1, FILLER, "temperature", "C", 70, 80, 3, "a", "b", "adjust_line", "eva", 0, "plc", NODE
    )
    with pytest.raises(WriteFailed, match="holds 78"):
        OpcUaWriter(Opened)(story.plant.sources[0], NODE, protocol, 76.0)
