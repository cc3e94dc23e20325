"""Sparkplug B 3.0 host application: hears edge nodes through a broker, says whether it listens, asks for rebirths."""

import asyncio
import logging
import time
from collections.abc import Iterable
from contextlib import suppress

import msgspec

from app.domain.plant.equipment import Source
from gateways.addresses import addresses
from gateways.base import Away, Hear, Offer, Sample
from gateways.broker.link import Link, Received, Saying
from gateways.broker.options import BROKER_KEYS, BrokerOptions, broker_options
from gateways.options import Keys
from gateways.sparkplug.payload import BadPayload, decode, encode_command
from gateways.sparkplug.session import REBIRTH, REORDER_MS, Session, Told
from gateways.sparkplug.topics import NAMESPACE, Node, Topic, node_of, parse, state_topic

KEYS = BROKER_KEYS - {"clean_session"} | {"mapping", "owner", "primary_host", "nodes", "reorder"}
LOOK_S = 0.25
GOODBYE_S = 2.0
ALIVE_MS = 3_000
BROWSE_MS = 5_000
LONGEST_REORDER_MS = 60_000
_BAD_IN_AN_ID = frozenset("/+#")

log = logging.getLogger(__name__)


class SparkplugOptions(msgspec.Struct, frozen=True):
    """What the plant file says. primary_host: our host id, None: we listen without saying so; wanted: addresses."""

    broker: BrokerOptions
    nodes: tuple[Node, ...]
    wanted: frozenset[str]
    primary_host: str | None
    reorder_ms: int


class _State(msgspec.Struct, frozen=True):
    """What a host says on its STATE topic."""

    online: bool
    timestamp: int = 0


def make(source: Source) -> "SparkplugGateway":
    """Return the gateway of a source. Raises BadSource naming the key."""
    keys = Keys(source, KEYS)
    wanted = frozenset(addresses(source))
    host = keys.text("primary_host")
    if host is not None and _BAD_IN_AN_ID & set(host):
        raise keys.wrong("primary_host", f"must not hold /, + or #, is {host}")
    return SparkplugGateway(
        SparkplugOptions(
            broker=broker_options(keys),
            nodes=_nodes(keys, wanted),
            wanted=wanted,
            primary_host=host,
            reorder_ms=keys.milliseconds("reorder", REORDER_MS, LONGEST_REORDER_MS),
        )
    )


def _node(where: str) -> Node:
    found = node_of(where)
    if found is None:
        raise ValueError(f"must be group/edge node/device:metric or group/edge node:metric, is {where}")
    return found


def _nodes(keys: Keys, wanted: Iterable[str]) -> tuple[Node, ...]:
    """Return the edge nodes to hear: `nodes`, or those of the mapped addresses."""
    found = set()
    for text in keys.texts("nodes"):
        parts = text.split("/")
        if len(parts) != 2 or not all(parts) or {"+", "#"} & set(text):
            raise keys.wrong("nodes", f"must be group/edge node such as Bottling/Line-1, is {text}")
        found.add(Node(parts[0], parts[1]))
    mapped = keys.each("mapping", wanted, _node)
    if not keys.texts("nodes"):
        found.update(mapped)
    return tuple(sorted(found))


class SparkplugGateway:
    """One connection to a broker, hearing the edge nodes of one source."""

    def __init__(self, options: SparkplugOptions) -> None:
        self._options = options
        self._strange: set[str] = set()

    async def listen(self, hear: Hear) -> None:
        """Hear births, data and deaths until the broker is gone. Raises Away."""
        options, since = self._options, _wall()
        will = self._state(since, is_online=False)
        async with Link(options.broker, will) as link:
            await link.subscribe([*_filters(options.nodes), *([(will.topic, 1)] if will is not None else [])])
            session = Session(_ticks() - self._head_start(), options.nodes, options.reorder_ms)
            try:
                if (online := self._state(since, is_online=True)) is not None:
                    await link.say(online)
                await self._hear(link, hear, session, since)
            finally:
                with suppress(Away, TimeoutError):
                    async with asyncio.timeout(GOODBYE_S):
                        await self._leave(link, hear, session)

    async def browse(self, limit: int) -> list[Offer]:
        """Listen for a few seconds, asking every edge node that is heard for its births. Raises Away."""
        options, began = self._options, _ticks()
        broker = msgspec.structs.replace(options.broker, client_id=f"{options.broker.client_id}-browse")
        session = Session(began - options.reorder_ms, options.nodes, options.reorder_ms)
        async with Link(broker) as link:
            await link.subscribe([(f"{NAMESPACE}/#", 0)])
            while _ticks() < began + BROWSE_MS and len(session.offers()) < limit:
                batch = await link.receive(LOOK_S)
                await self._ask(link, self._told(session, batch))
                await self._ask(link, [session.tick(_ticks())])
        return session.offers()[:limit]

    async def _hear(self, link: Link, hear: Hear, session: Session, since: int) -> None:
        """Hear on and on. Until its birth nobody knows a machine; a chatty one does not speak for a silent one."""
        nobody = [Sample(where, None, None, "bad", gone=True) for where in sorted(self._options.wanted)]
        if nobody:
            hear(nobody)
        beat_at = _ticks()
        while True:
            batch = await link.receive(LOOK_S)
            told = [*self._told(session, batch), session.tick(_ticks())]
            if samples := self._mapped(told):
                hear(samples)
            if _ticks() - beat_at >= ALIVE_MS and session.is_any_alive(self._options.nodes):
                hear([])
                beat_at = _ticks()
            link.heard(batch)
            await self._ask(link, told)
            await self._stay_online(link, batch, since)

    def _head_start(self) -> int:
        """Return how long, ms, edge nodes count as silent already: nobody is born for a host they do not know of."""
        return self._options.reorder_ms if self._options.primary_host is None else 0

    async def _leave(self, link: Link, hear: Hear, session: Session) -> None:
        """Say that we no longer listen, and hear what edge nodes say until they know it."""
        if (offline := self._state(_wall(), is_online=False)) is not None:
            await link.say(offline)
        while batch := await link.receive(LOOK_S):
            if samples := self._mapped(self._told(session, batch)):
                hear(samples)
            link.heard(batch)

    def _mapped(self, told: Iterable[Told]) -> list[Sample]:
        return [s for t in told for s in t.samples if s.lost or s.address in self._options.wanted]

    def _told(self, session: Session, batch: Iterable[Received]) -> list[Told]:
        return [told for message in batch for told in self._take(session, message)]

    def _take(self, session: Session, message: Received) -> list[Told]:
        topic = parse(message.topic)
        if topic is None or message.is_retained:
            return []
        try:
            return [session.take(topic, decode(message.payload), _ticks())]
        except BadPayload as error:
            if message.topic not in self._strange:
                self._strange.add(message.topic)
                log.warning("a payload cannot be read", extra={"topic": message.topic, "why": str(error)})
            return []

    async def _ask(self, link: Link, told: Iterable[Told]) -> None:
        for node in sorted({n for t in told for n in t.ask}):
            log.info("asked for a rebirth", extra={"edge_node": str(node)})
            await link.say(Saying(str(Topic("NCMD", node)), encode_command([REBIRTH], _wall())))

    async def _stay_online(self, link: Link, batch: Iterable[Received], since: int) -> None:
        """Say again that we listen when an earlier connection's will, told late, says that we do not."""
        online = self._state(since, is_online=True)
        if online is not None and any(m.topic == online.topic and _says_offline(m.payload) for m in batch):
            await link.say(online)

    def _state(self, t: int, *, is_online: bool) -> Saying | None:
        """Return our STATE; None without a host id. The will and the birth of a connection carry the same time."""
        host = self._options.primary_host
        if host is None:
            return None
        return Saying(state_topic(host), msgspec.json.encode(_State(is_online, t)), 1, is_retained=True)


def _filters(nodes: Iterable[Node]) -> list[tuple[str, int]]:
    return [
        (f"{NAMESPACE}/{node.group}/{verb}/{node.name}{tail}", 1)
        for node in nodes
        for verb, tail in (
            ("NBIRTH", ""), ("NDEATH", ""), ("NDATA", ""), ("DBIRTH", "/+"), ("DDEATH", "/+"), ("DDATA", "/+"),
        )
    ]  # fmt: skip


def _says_offline(payload: bytes) -> bool:
    try:
        return not msgspec.json.decode(payload, type=_State).online
    except msgspec.MsgspecError:
        return False


def _ticks() -> int:
    """Return ms that only go forward: for waiting."""
    return time.monotonic_ns() // 1_000_000


def _wall() -> int:
    """Return UTC ms: for what others read."""
    return time.time_ns() // 1_000_000
