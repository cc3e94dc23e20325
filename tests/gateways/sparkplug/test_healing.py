"""Whatever is lost between an edge node and its host: in the end the host knows what the edge node holds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.sparkplug.payload import decode
from gateways.sparkplug.session import ASK_AGAIN_MS, REORDER_MS, Session
from gateways.sparkplug.topics import address, parse
from simulators.servers.edge import INT64, Change, Edge
from tests.gateways.sparkplug.wire import NODE

DEVICES, METRICS = ("Filler", "Capper"), ("Total", "Counts/good", "Counts/reject")
STEPS = st.sampled_from(["change", "change", "change", "lose", "swap", "rebirth", "reconnect", "cut", "device"])


class Pair:
    """An edge node and a host with a network in between that loses and swaps messages as it is told."""

    def __init__(self) -> None:
        self.edge, self.now, self.value = Edge(NODE.group, NODE.name, templates=["Counts"]), 0, 0
        self.session, self.held_back, self.heard, self.stored = Session(0, [NODE]), [], {}, []
        self.is_connected, self.loses, self.swaps = False, False, False
        for device in DEVICES:
            for name in METRICS:
                self.edge.declare(device, name, INT64)
        self.reconnect()

    def say(self, sayings) -> None:
        """Carry messages to the host."""
        for saying in sayings:
            if self.loses:
                self.loses = False
            elif self.swaps and not self.held_back:
                self.held_back, self.swaps = [saying], False
            else:
                self.deliver(saying)
                late, self.held_back = self.held_back, []
                for other in late:
                    self.deliver(other)

    def deliver(self, saying) -> None:
        self.hear(self.session.take(parse(saying.topic), decode(saying.payload), self.now))

    def hear(self, told) -> None:
        for sample in told.samples:
            if sample.stored:
                self.stored.append(sample.value)
            else:
                self.heard[sample.address] = sample
        if told.ask and self.is_connected:
            self.say(self.edge.birth(self.now))

    def change(self, device: str, name: str) -> None:
        self.now += 1
        self.value += 1
        change = Change(device, name, self.value, self.now)
        if self.is_connected:
            self.say(self.edge.data([change], self.now))
        else:
            self.edge.store(change)

    def cut(self) -> None:
        if self.is_connected:
            self.is_connected, self.held_back = False, []
            self.deliver(self.will)

    def reconnect(self) -> None:
        self.cut()
        self.will, self.is_connected = self.edge.will(), True
        self.say(self.edge.birth(self.now))
        self.say(self.edge.flush(self.now))

    def pass_time(self, ms: int) -> None:
        self.now += ms
        self.hear(self.session.tick(self.now))

    def step(self, kind: str, device: str, name: str) -> None:
        match kind:
            case "change":
                self.change(device, name)
            case "lose":
                self.loses = True
            case "swap":
                self.swaps = True
            case "rebirth":
                self.now += 1
                self.say(self.edge.birth(self.now) if self.is_connected else [])
            case "reconnect":
                self.reconnect()
            case "cut":
                self.cut()
            case "device":
                if self.is_connected:
                    self.say([self.edge.device_death(device, self.now), self.edge.device_birth(device, self.now)])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(STEPS, st.sampled_from(DEVICES), st.sampled_from(METRICS), st.integers(0, 900)), max_size=60))
def test_in_the_end_the_host_knows_what_the_edge_node_holds(steps) -> None:
    pair = Pair()
    for kind, device, name, ms in steps:
        pair.step(kind, device, name)
        pair.pass_time(ms)
    pair.loses = pair.swaps = False
    if not pair.is_connected:
        pair.reconnect()
    pair.change(DEVICES[0], METRICS[0])  # the next message shows what the one before it lost
    for _ in range(3):
        pair.pass_time(max(REORDER_MS, ASK_AGAIN_MS))
    for device in DEVICES:
        for name, change in pair.edge.held(device).items():
            heard = pair.heard[address(NODE, device, name)]
            assert (heard.value, heard.gone) == (change.value, False), (device, name)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["change", "cut", "reconnect"]), st.sampled_from(DEVICES)), max_size=60))
def test_what_was_said_in_the_dark_is_told_once_and_as_stored(steps) -> None:
    pair, dark = Pair(), []
    for kind, device in steps:
        pair.step(kind, device, METRICS[0])
        if kind == "change" and not pair.is_connected:
            dark.append(pair.value)
    pair.reconnect()
    assert sorted(pair.stored) == dark
