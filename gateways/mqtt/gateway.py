"""Plain MQTT: hears topics whose payloads are JSON, or a bare value, by a mapping of topics and pointers."""

import logging
import time
from collections.abc import Iterable

import msgspec

from app.domain.plant.equipment import Source
from gateways.addresses import addresses
from gateways.base import Hear, Offer, Sample
from gateways.broker.link import Link, Received
from gateways.broker.options import BROKER_KEYS, BrokerOptions, broker_options
from gateways.mqtt.mapping import (
    BadAddress,
    BadTime,
    Place,
    Places,
    Reading,
    TimeField,
    TimeUnit,
    offers_of,
    place_of,
    pointer_of,
    samples_of,
    says_yes,
)
from gateways.options import Keys

KEYS = BROKER_KEYS | {"mapping", "owner", "qos", "time", "time_unit", "records", "topics", "alive"}
UNITS: tuple[TimeUnit, ...] = ("ms", "s", "us", "ns")
LOOK_S = 0.25
ALIVE_S = 3.0
BROWSE_S = 5.0

log = logging.getLogger(__name__)


class MqttOptions(msgspec.Struct, frozen=True):
    """What the plant file says. qos: 0 to 2; reading: how payloads are read.

    wanted: the mapped addresses; topics: filters that browse listens to. alive: the address of a sign of life, None
    when there is none; lives_with_broker: the connection to the broker is one.
    """

    broker: BrokerOptions
    places: Places
    wanted: tuple[str, ...]
    qos: int
    reading: Reading
    topics: tuple[str, ...]
    alive: str | None
    lives_with_broker: bool


def make(source: Source) -> "MqttGateway":
    """Return the gateway of a source. Raises BadSource naming the key."""
    keys = Keys(source, KEYS)
    broker, alive = broker_options(keys), keys.text("alive")
    qos = int(keys.word("qos", ("1", "0", "2")))
    if not broker.clean_session and (qos == 0 or keys.text("client_id") is None):
        raise keys.wrong("clean_session", "false needs `qos: 1` and a `client_id` that no other client has")
    is_broker, wanted = alive == "broker", tuple(addresses(source))
    signs = () if is_broker or alive is None else (alive,)
    return MqttGateway(
        MqttOptions(
            broker=broker,
            places=Places([*_places(keys, wanted, "mapping"), *_places(keys, signs, "alive")]),
            wanted=wanted,
            qos=qos,
            reading=Reading(_time(keys), _records(keys)),
            topics=keys.texts("topics") or ("#",),
            alive=None if is_broker else alive,
            lives_with_broker=is_broker,
        )
    )


def _places(keys: Keys, wanted: Iterable[str], key: str) -> list[Place]:
    try:
        return [place_of(where) for where in wanted]
    except BadAddress as error:
        raise keys.wrong(key, str(error)) from error


def _time(keys: Keys) -> TimeField | None:
    at, unit = keys.text("time"), keys.word("time_unit", UNITS)
    if at is None:
        return None
    try:
        return TimeField(pointer_of(at), next(u for u in UNITS if u == unit))
    except BadAddress as error:
        raise keys.wrong("time", str(error)) from error


def _records(keys: Keys) -> tuple[str, ...] | None:
    at = keys.text("records")
    try:
        return None if at is None else pointer_of(at.removeprefix("#"))
    except BadAddress as error:
        raise keys.wrong("records", str(error)) from error


class MqttGateway:
    """One connection to a broker, hearing the mapped topics.

    MQTT alone does not say whether a machine lives. With `alive` it is known: a topic the machine keeps true and its
    will makes false, or `broker` where the broker runs in the machine. Without it only what is said counts as life.
    """

    def __init__(self, options: MqttOptions) -> None:
        self._options = options
        self._strange: set[str] = set()
        self._is_alive = False

    async def listen(self, hear: Hear) -> None:
        """Hear the mapped topics until the broker is gone. Raises Away."""
        options, beat_at = self._options, 0.0
        self._is_alive = options.lives_with_broker
        async with Link(options.broker) as link:
            await link.subscribe([(topic, options.qos) for topic in options.places.filters()])
            while True:
                batch = await link.receive(LOOK_S)
                if samples := [s for message in batch for s in self._heard(message)]:
                    hear(samples)
                if self._is_alive and time.monotonic() - beat_at >= ALIVE_S:
                    hear([])
                    beat_at = time.monotonic()
                link.heard(batch)

    async def browse(self, limit: int) -> list[Offer]:
        """Listen for a few seconds; retained messages come at once. Raises Away."""
        options, offers = self._options, dict[str, Offer]()
        own_id = f"{options.broker.client_id}-browse"
        broker = msgspec.structs.replace(options.broker, client_id=own_id, clean_session=True)
        until = time.monotonic() + BROWSE_S
        async with Link(broker) as link:
            await link.subscribe([(topic, 0) for topic in options.topics])
            while time.monotonic() < until and len(offers) < limit:
                for message in await link.receive(LOOK_S):
                    offers.update((o.address, o) for o in offers_of(message.topic, message.payload))
        return list(offers.values())[:limit]

    def _heard(self, message: Received) -> list[Sample]:
        """Return the samples of a message; a sign of life that ends makes every address unknown."""
        samples = self._samples(message)
        signs = [s for s in samples if s.address == self._options.alive]
        if not signs:
            return samples
        self._is_alive = says_yes(signs[-1].value)
        rest = [s for s in samples if s.address != self._options.alive]
        if self._is_alive:
            return rest
        return rest + [Sample(where, None, None, "bad", gone=True) for where in self._options.wanted]

    def _samples(self, message: Received) -> list[Sample]:
        options = self._options
        places = options.places.at(message.topic)
        try:
            samples = samples_of(places, message.payload, options.reading, is_retained=message.is_retained)
        except BadTime as error:
            self._wonder(message.topic, str(error))
            return []
        if not samples:
            self._wonder(message.topic, "nothing that is mapped stands in it")
        return samples

    def _wonder(self, topic: str, why: str) -> None:
        """Say once a topic that a payload told nothing."""
        if topic not in self._strange:
            self._strange.add(topic)
            log.warning("a payload tells nothing", extra={"topic": topic, "why": why})
