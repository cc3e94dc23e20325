"""Plain MQTT against a real broker: values, retained messages, persistent sessions, TLS, credentials, signs of life."""

import asyncio
import socket
import threading
from contextlib import ExitStack

import paho.mqtt.client as paho
import pytest

from app.domain.plant.equipment import Source
from gateways.base import Away, BadSource, Sample
from gateways.mqtt.gateway import make
from tests.gateways.certificates import an_authority
from tests.gateways.listening import Heard, listening, wait_for

GOOD = "filler/counts#/good"
MAPPING = {
    "filler": {"state": "filler/state", "signals": {"good": {"at": GOOD, "scale": 1}, "temp": "filler/+/temp#/v"}}
}


def a_source(url, **options) -> Source:
    return Source("mq", "mqtt", ("site/area/line/filler",), {"url": url, "mapping": MAPPING, **options})


@pytest.fixture
def a_machine():
    """Connect machines: `say = a_machine(broker)`; `say(topic, payload)` returns when the broker has it."""
    clients = []

    def connect(broker, will=None):
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        if will:
            client.will_set(*will, qos=1, retain=True)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        clients.append(client)

        def say(topic, payload, **how) -> None:
            client.publish(topic, payload, qos=1, **how).wait_for_publish(10)

        say.client = client
        return say

    yield connect
    for client in clients:
        client.disconnect()
        client.loop_stop()


def ready(say, heard) -> None:
    """Return once the gateway has subscribed."""
    wait_for(lambda: say("filler/state", "ready") or "ready" in heard.values("filler/state"))


def test_values_are_told_by_topic_and_pointer_with_the_payloads_time(broker, a_machine) -> None:
    say = a_machine(broker)
    with listening(make(a_source(broker.url, time="/ts", time_unit="s"))) as heard:
        ready(say, heard)
        say("filler/counts", '{"good": 12, "ts": 1700000000.5}')
        say("filler/SN-7/temp", '{"v": 21.5, "ts": "2026-03-01T06:00:00+01:00"}')
        wait_for(lambda: heard.values("filler/+/temp#/v"))
    assert Sample(GOOD, 12, 1_700_000_000_500) in heard.samples
    assert Sample("filler/+/temp#/v", 21.5, 1_772_341_200_000) in heard.samples


def test_a_retained_message_is_what_holds_now_and_did_not_just_happen(broker, a_machine) -> None:
    say = a_machine(broker)
    say("filler/counts", '{"good": 5}', retain=True)
    with listening(make(a_source(broker.url))) as heard:
        wait_for(lambda: heard.values(GOOD))
        say("filler/counts", '{"good": 6}', retain=True)
        wait_for(lambda: len(heard.values(GOOD)) == 2)
    assert [(s.value, s.snapshot) for s in heard.samples] == [(5, True), (6, False)]


def test_the_broker_keeps_what_comes_while_a_persistent_session_is_away(broker, a_machine) -> None:
    say = a_machine(broker)
    source = a_source(broker.url, clean_session=False, client_id="lineside-1")
    with listening(make(source)) as heard:
        ready(say, heard)
    for good in range(10):
        say("filler/counts", f'{{"good": {good}}}')
    with listening(make(source)) as heard:
        wait_for(lambda: len(heard.values(GOOD)) == 10)
    assert heard.values(GOOD) == list(range(10))


class Broken(Heard):
    """A spool that fails at the first value of the counter."""

    def take(self, samples) -> None:
        if any(s.address == GOOD for s in samples):
            raise Away("the disk is full")
        super().take(samples)


def test_what_could_not_be_kept_is_told_again(broker, a_machine) -> None:
    say = a_machine(broker)
    source = a_source(broker.url, clean_session=False, client_id="lineside-1")
    with listening(make(source), Broken()) as broken:
        ready(say, broken)
        say("filler/counts", '{"good": 77}')
        wait_for(lambda: broken.away)
    with listening(make(source)) as heard:
        wait_for(lambda: heard.values(GOOD) == [77])


def test_a_broker_that_goes_away_says_so(broker, a_machine) -> None:
    say = a_machine(broker)
    with listening(make(a_source(broker.url))) as heard:
        ready(say, heard)
        broker.kill()
        wait_for(lambda: heard.away)
    assert str(broker.port) in heard.away
    with listening(make(a_source(broker.url))) as heard:
        wait_for(lambda: heard.away)
    assert "cannot be reached" in heard.away


def test_a_machine_without_a_sign_of_life_is_not_said_to_live(broker, a_machine) -> None:
    say = a_machine(broker)
    quiet, living = make(a_source(broker.url)), make(a_source(broker.url, alive="broker", client_id="other"))
    with listening(quiet) as silent, listening(living) as alive:
        ready(say, silent)
        ready(say, alive)
        wait_for(lambda: alive.signs)
    assert silent.signs == 0


def test_a_will_makes_everything_unknown_and_ends_the_signs_of_life(broker, a_machine) -> None:
    other, say = a_machine(broker), a_machine(broker, will=("filler/online", "false"))
    say("filler/online", "true", retain=True)
    with listening(make(a_source(broker.url, alive="filler/online"))) as heard:
        ready(other, heard)
        wait_for(lambda: heard.signs)
        assert not any(s.gone for s in heard.samples)
        say.client.socket().shutdown(2)
        wait_for(lambda: heard.samples[-1].gone)
    assert {(s.address, s.value) for s in heard.samples if s.gone} == {
        ("filler/state", None), (GOOD, None), ("filler/+/temp#/v", None),
    }  # fmt: skip
    assert heard.values("filler/online") == []


def test_a_time_that_is_none_refuses_the_payload_and_nothing_else(broker, a_machine) -> None:
    say = a_machine(broker)
    with listening(make(a_source(broker.url, time="/ts"))) as heard:
        ready(say, heard)
        say("filler/counts", '{"good": 1, "ts": "yesterday"}')
        say("filler/counts", '{"good": 2, "ts": 1700000000000}')
        wait_for(lambda: heard.values(GOOD))
    assert heard.values(GOOD) == [2]


def test_browse_shows_an_address_for_every_value_that_is_heard(broker, a_machine) -> None:
    say = a_machine(broker)
    say("filler/counts", '{"good": 5, "parts": [{"a/b": true}]}', retain=True)
    say("filler/state", "run", retain=True)
    offers = asyncio.run(make(a_source(broker.url)).browse(3))
    assert {(o.address, o.type, o.value) for o in offers} == {
        (GOOD, "number", 5), ("filler/counts#/parts/0/a~1b", "boolean", True), ("filler/state", "string", "run"),
    }  # fmt: skip


@pytest.mark.slow
def test_tls_with_certificates_and_a_password_and_nothing_less(a_broker, a_machine, tmp_path, monkeypatch) -> None:
    ours, strange = an_authority(tmp_path / "ours"), an_authority(tmp_path / "strange")
    server, client = ours.issue("localhost"), ours.issue("lineside")
    broker = a_broker(
        f"cafile {ours.ca}", f"certfile {server.certificate}", f"keyfile {server.key}", "require_certificate true",
        users={"lineside": "s3cret"},
    )  # fmt: skip
    monkeypatch.setenv("PLANT_MQTT", "s3cret")
    monkeypatch.setenv("WRONG_MQTT", "guess")
    url = f"mqtts://localhost:{broker.port}"
    tls = {"ca": str(ours.ca), "certificate": str(client.certificate), "key": str(client.key), "alive": "broker"}
    who = {"user": "lineside", "password_env": "PLANT_MQTT"}

    def ended(**options) -> str:
        with listening(make(a_source(url, **options))) as heard:
            return str(wait_for(lambda: heard.away))

    with listening(make(a_source(url, **tls, **who))) as heard:
        wait_for(lambda: heard.signs)
    assert "refuses us" in ended(**tls, user="lineside", password_env="WRONG_MQTT")
    assert "refuses us" in ended(**tls)
    assert "TLS refused" in ended(**{**tls, "ca": str(strange.ca)}, **who)
    assert "TLS refused" in ended(**{k: v for k, v in tls.items() if k != "ca"}, **who)
    assert ended(**{**tls, "certificate": str(server.certificate), "key": str(server.key)}, user="nobody")
    stranger = strange.issue("lineside")
    assert ended(**{**tls, "certificate": str(stranger.certificate), "key": str(stranger.key)}, **who)


WRONG = {
    "url": [{"url": "http://broker"}, {"url": "mqtt://me:pw@broker"}, {"url": "mqtt://broker:port"}, {"url": "mqtt:b"}],
    "ca": [{"url": "mqtts://broker", "ca": "/nothing"}, {"url": "mqtts://broker", "ca": __file__}],
    "password_env": [{"user": "me", "password_env": "LINESIDE_NOT_SET_ANYWHERE"}],
    "user": [{"password_env": "PATH"}],
    "clean_session": [{"clean_session": False}, {"clean_session": "perhaps"}],
    "qos": [{"qos": 3}],
    "time": [{"time": "ts"}],
    "records": [{"records": "data"}],
    "time_unit": [{"time": "/ts", "time_unit": "minutes"}],
    "mapping": [{"mapping": {"filler": {"state": "a+/b"}}}, {"mapping": {"filler": {"state": "a#b"}}}],
    "pasword": [{"pasword": "s3cret"}],
    "alive": [{"alive": "a/#b"}],
    "keepalive": [{"keepalive": "soon"}, {"keepalive": "2h"}],
}


@pytest.mark.parametrize(("key", "options"), [(key, o) for key, every in WRONG.items() for o in every])
def test_a_wrong_option_is_refused_at_the_start_by_its_name(key, options) -> None:
    with pytest.raises(BadSource, match=rf"^sources\.mq\.{key}: "):
        make(a_source(**{"url": "mqtt://broker", **options}))


def test_a_gateway_that_is_stopped_before_the_broker_answers_leaves_no_thread_behind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = make(a_source(f"mqtt://127.0.0.1:{silent.getsockname()[1]}"))
        before = threading.active_count()
        with ExitStack() as open_talk:
            with listening(gateway):
                talking = open_talk.enter_context(silent.accept()[0])
                assert talking.recv(1) == b"\x10"  # CONNECT, which nobody answers
            wait_for(lambda: threading.active_count() <= before)
