"""Sparkplug B against a real broker: an edge node and our host, cut off, reborn, dead."""

import asyncio
import json
import subprocess
import sys
import threading
import time

import paho.mqtt.client as paho
import pytest

from app.domain.plant.equipment import Source
from gateways.base import Away, BadSource, Sample
from gateways.mqtt.gateway import make as make_plain
from gateways.sparkplug.gateway import make
from simulators.servers.edge import INT64, STRING, Change, Edge
from simulators.servers.sparkplug_link import EdgeLink
from tests.gateways.listening import Heard, listening, wait_for

TOTAL, STATE, GOOD = (f"Bottling/Line-1/Filler:{name}" for name in ("Total", "State", "Counts/good"))
MAPPING = {"filler": {"state": STATE, "signals": {"total": TOTAL, "good": {"at": GOOD}}}}


def a_source(url, **options) -> Source:
    return Source("sp", "sparkplug", ("site/area/line/filler",), {"url": url, "mapping": MAPPING, **options})


def wall() -> int:
    return time.time_ns() // 1_000_000


def changed(name, value) -> Change:
    return Change("Filler", name, value, wall())


@pytest.fixture
def an_edge():
    """Connect edge nodes: `an_edge(broker, primary_host=...)`."""
    links = []

    def connect(broker, **options) -> EdgeLink:
        edge = Edge("Bottling", "Line-1", templates=["Counts"])
        for name, kind, value in (("Total", INT64, 100), ("State", STRING, "run"), ("Counts/good", INT64, 90)):
            edge.declare("Filler", name, kind)
            edge.hold(changed(name, value))
        links.append(EdgeLink(edge, broker.url, wall, **options))
        links[-1].start()
        return links[-1]

    yield connect
    for link in links:
        link.stop()


class Watcher:
    """Everything on a broker, by topic: STATE and commands."""

    def __init__(self, broker) -> None:
        self.said, ready = [], threading.Event()
        self.client = client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.on_message = lambda _client, _data, m: self.said.append((m.topic, m.payload, m.retain))
        client.on_connect = lambda c, *_: c.subscribe("spBv1.0/#", 1)
        client.on_subscribe = lambda *_: ready.set()
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        assert ready.wait(10)

    def states(self, host="lineside") -> list[dict]:
        return [json.loads(payload) for topic, payload, _ in self.said if topic == f"spBv1.0/STATE/{host}"]

    def commands(self) -> int:
        return sum("/NCMD/" in topic for topic, _, _ in self.said)


@pytest.fixture
def a_watcher():
    """Watch brokers."""
    watchers = []

    def watch(broker) -> Watcher:
        watchers.append(Watcher(broker))
        return watchers[-1]

    yield watch
    for watcher in watchers:
        watcher.client.disconnect()
        watcher.client.loop_stop()


def test_births_come_first_then_what_changes_members_of_templates_too(broker, an_edge) -> None:
    edge = an_edge(broker)
    with listening(make(a_source(broker.url))) as heard:
        wait_for(lambda: len(heard.samples) >= 3)
        assert {(s.address, s.value, s.snapshot) for s in heard.samples} == {
            (TOTAL, 100, True), (STATE, "run", True), (GOOD, 90, True),
        }  # fmt: skip
        now = wall()
        edge.say([Change("Filler", "Total", 101, now), Change("Filler", "Counts/good", 91, now + 1)])
        wait_for(lambda: GOOD in [s.address for s in heard.samples if not s.snapshot])
    assert heard.samples[-2:] == [Sample(TOTAL, 101, now), Sample(GOOD, 91, now + 1)]


def test_until_its_birth_nobody_knows_a_machine_and_it_is_not_said_to_live(broker, an_edge) -> None:
    with listening(make(a_source(broker.url))) as heard:
        wait_for(lambda: heard.unknown)
        assert (heard.samples, heard.signs) == ([], 0)
        an_edge(broker)
        wait_for(lambda: heard.samples)
    assert heard.unknown == {TOTAL, STATE, GOOD}


def test_our_state_is_a_will_a_birth_and_a_death_with_the_same_time(broker, a_watcher) -> None:
    watcher = a_watcher(broker)
    with listening(make(a_source(broker.url, primary_host="lineside"))):
        wait_for(watcher.states)
    wait_for(lambda: len(watcher.states()) == 2)
    online, offline = watcher.states()
    assert online["online"] is True
    assert offline["online"] is False
    assert offline["timestamp"] >= online["timestamp"]
    late = a_watcher(broker)
    wait_for(late.states)
    assert [(m[0], m[2]) for m in late.said] == [("spBv1.0/STATE/lineside", 1)]


class Full(Heard):
    """A spool whose disk is full."""

    def take(self, samples) -> None:
        raise Away("the disk is full")


def test_a_gateway_that_cannot_keep_what_it_hears_says_that_it_does_not_listen(broker, an_edge, a_watcher) -> None:
    an_edge(broker)
    watcher = a_watcher(broker)
    with listening(make(a_source(broker.url, primary_host="lineside")), Full()) as full:
        wait_for(lambda: full.away)
    wait_for(lambda: len(watcher.states()) == 2)
    assert watcher.states()[-1]["online"] is False


LISTEN = """
import asyncio, sys
from app.domain.plant.equipment import Source
from gateways.sparkplug.gateway import make
asyncio.run(make(Source("sp", "sparkplug", (), {"url": sys.argv[1], "primary_host": "lineside"})).listen(print))
"""


@pytest.mark.slow
def test_a_gateway_that_is_killed_leaves_its_will(broker, a_watcher) -> None:
    watcher = a_watcher(broker)
    gateway = subprocess.Popen([sys.executable, "-c", LISTEN, broker.url])
    try:
        wait_for(watcher.states)
    finally:
        gateway.kill()
        gateway.wait(10)
    wait_for(lambda: len(watcher.states()) == 2)
    online, will = watcher.states()
    assert will == {"online": False, "timestamp": online["timestamp"]}


def test_an_offline_that_is_not_ours_any_more_is_answered_with_online(broker, a_watcher) -> None:
    watcher = a_watcher(broker)
    with listening(make(a_source(broker.url, primary_host="lineside"))):
        wait_for(watcher.states)
        watcher.client.publish("spBv1.0/STATE/lineside", b'{"online": false, "timestamp": 5}', 1, retain=True)
        wait_for(lambda: watcher.states()[-1]["online"] and len(watcher.states()) >= 3)


def test_what_an_edge_node_stored_while_nobody_listened_comes_as_stored_and_in_order(broker, an_edge) -> None:
    edge = an_edge(broker, primary_host="lineside")
    with listening(make(a_source(broker.url, primary_host="lineside"))) as heard:
        wait_for(lambda: heard.values(TOTAL))
        edge.say([changed("Total", 101)])
        wait_for(lambda: heard.values(TOTAL)[-1] == 101)
    wait_for(lambda: not edge.is_born)
    for total in range(102, 110):
        edge.say([changed("Total", total)])
    with listening(make(a_source(broker.url, primary_host="lineside"))) as heard:
        wait_for(lambda: len(heard.values(TOTAL)) >= 9)
        assert heard.values(TOTAL)[0] == 109
        stored = [s.value for s in heard.samples if s.address == TOTAL and s.stored]
        assert stored[-8:] == list(range(102, 110))
        edge.say([changed("Total", 110)])
        wait_for(lambda: heard.values(TOTAL)[-1] == 110)
    assert not heard.samples[-1].stored


@pytest.mark.slow
def test_a_gateway_that_is_stopped_in_full_flow_loses_nothing(broker, an_edge) -> None:
    edge, told, is_over = an_edge(broker, primary_host="lineside", unsure_s=0), [], threading.Event()

    def flow() -> None:
        while not is_over.wait(0.001):
            told.append(1_000 + len(told))
            edge.say([changed("Total", told[-1])])

    flowing = threading.Thread(target=flow)
    flowing.start()
    values = set()
    for _ in range(4):
        with listening(make(a_source(broker.url, primary_host="lineside"))) as heard:
            wait_for(lambda: len([s for s in heard.samples if not s.stored]) > 100)
        values |= set(heard.values(TOTAL))
    is_over.set()
    flowing.join()
    with listening(make(a_source(broker.url, primary_host="lineside"))) as heard:
        wait_for(lambda: values | set(heard.values(TOTAL)) >= set(told))


def test_a_lost_message_is_noticed_and_a_rebirth_heals_it(broker, an_edge, a_watcher) -> None:
    edge, watcher = an_edge(broker), a_watcher(broker)
    with listening(make(a_source(broker.url, reorder="200ms"))) as heard:
        wait_for(lambda: heard.values(TOTAL))
        asked, births = watcher.commands(), len([s for s in heard.samples if s.snapshot])
        edge.skip()
        edge.say([changed("Total", 105)])
        wait_for(lambda: watcher.commands() > asked)
        wait_for(lambda: len([s for s in heard.samples if s.snapshot]) >= births + 3)
        assert [s.value for s in heard.samples if s.address == TOTAL and not s.snapshot] == [105]
        edge.say([changed("Total", 106)])
        wait_for(lambda: heard.values(TOTAL)[-1] == 106)
    assert heard.values(TOTAL)[-2:] == [105, 106]


@pytest.mark.slow
def test_while_an_edge_node_is_dead_nothing_is_said_to_live(broker, an_edge) -> None:
    edge = an_edge(broker)
    options = {"url": broker.url, "mapping": {"m": {"state": "x"}}, "alive": "broker"}
    clock = make_plain(Source("clock", "mqtt", (), options))
    with listening(make(a_source(broker.url))) as heard, listening(clock) as ticking:
        wait_for(lambda: heard.signs)
        edge.stop()
        wait_for(lambda: heard.samples[-1].gone)
        dead, signs, ticks = len(heard.samples), heard.signs, ticking.signs
        wait_for(lambda: ticking.signs >= ticks + 2)
        assert (len(heard.samples), heard.signs) == (dead, signs)
        assert {s.address for s in heard.samples if s.gone} == {TOTAL, STATE, GOOD}
        edge.start()
        wait_for(lambda: heard.samples[-1].status == "good")


def test_a_death_of_one_device_is_told_for_it_alone(broker, an_edge) -> None:
    edge = an_edge(broker)
    with listening(make(a_source(broker.url))) as heard:
        wait_for(lambda: heard.values(TOTAL))
        edge.kill_device("Filler")
        wait_for(lambda: heard.samples[-1].gone)
    assert {s.address for s in heard.samples if s.gone} == {TOTAL, STATE, GOOD}


def test_a_payload_that_is_none_disturbs_nobody(broker, an_edge, a_watcher) -> None:
    edge, watcher = an_edge(broker), a_watcher(broker)
    with listening(make(a_source(broker.url))) as heard:
        wait_for(lambda: heard.values(TOTAL))
        watcher.client.publish("spBv1.0/Bottling/DDATA/Line-1/Filler", b"\xff\xff\xff", 1).wait_for_publish(10)
        edge.say([changed("Total", 105)])
        wait_for(lambda: heard.values(TOTAL)[-1] == 105)


@pytest.mark.slow
def test_a_broker_that_was_cut_off_loses_nothing(broker, an_edge) -> None:
    edge, source = an_edge(broker, primary_host="lineside"), a_source(broker.url, primary_host="lineside")
    values = []
    with listening(make(source)) as heard:
        wait_for(lambda: heard.values(TOTAL))
        for total in range(101, 120):
            edge.say([changed("Total", total)])
        broker.kill()
        wait_for(lambda: heard.away)
        values += heard.values(TOTAL)
    for total in range(120, 140):
        edge.say([changed("Total", total)])
    broker.start()
    with listening(make(source)) as heard:
        for total in range(140, 150):
            edge.say([changed("Total", total)])
        wait_for(lambda: set(values + heard.values(TOTAL)) >= set(range(100, 150)))
    stored = [s.value for s in heard.samples if s.address == TOTAL and s.stored]
    assert stored == sorted(stored)


def test_browse_shows_what_edge_nodes_offer(broker, an_edge) -> None:
    edge = an_edge(broker)
    wait_for(lambda: edge.is_born)
    offers = asyncio.run(make(a_source(broker.url)).browse(3))
    assert [(o.address, o.type, o.value) for o in offers] == [
        (TOTAL, "Int64", 100), (STATE, "String", "run"), (GOOD, "Int64", 90),
    ]  # fmt: skip


WRONG = {
    "mapping": [{"mapping": {"filler": {"state": "Bottling/Line-1/Filler/State"}}}],
    "nodes": [{"nodes": ["Bottling"]}, {"nodes": "Bottling/Line-1"}, {"nodes": ["Bottling/+"]}],
    "primary_host": [{"primary_host": "a/b"}, {"primary_host": 5}],
    "reorder": [{"reorder": "2 weeks"}, {"reorder": "5min"}],
    "clean_session": [{"clean_session": False}],
    "qos": [{"qos": 1}],
}


@pytest.mark.parametrize(("key", "options"), [(key, o) for key, every in WRONG.items() for o in every])
def test_a_wrong_option_is_refused_at_the_start_by_its_name(key, options) -> None:
    with pytest.raises(BadSource, match=rf"^sources\.sp\.{key}: "):
        make(a_source("mqtt://broker", **options))
