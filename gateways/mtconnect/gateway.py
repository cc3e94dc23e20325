"""MTConnect: what an agent holds now, then every observation as it streams; nothing is asked for twice.

httpx (BSD, typed) carries it; defusedxml (PSF) reads it: docs/decisions/0002-libraries.md.
"""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence

import httpx

from app.domain.events.contract import ValueStatus
from app.domain.plant.equipment import Source
from gateways.base import Away, Hear, Offer, Sample, Scalar
from gateways.mtconnect.documents import BadDocument, Item, Observation, Refusal, Streams, number, parse
from gateways.mtconnect.multipart import BadStream, Parts, boundary_of
from gateways.mtconnect.options import MtConnectOptions, options_of

CONNECT_S = 5.0
COUNT = 1_000
BEATS = 3
log = logging.getLogger(__name__)


def make(source: Source) -> "MtConnectGateway":
    """Return the gateway of a source. Raises BadSource naming the key."""
    return MtConnectGateway(options_of(source))


class MtConnectGateway:
    """One connection to one agent."""

    def __init__(self, options: MtConnectOptions) -> None:
        self._options = options

    async def listen(self, hear: Hear) -> None:
        """Tell what holds now and then every observation until the agent ends or is gone. Raises Away."""
        async with self._client() as client:
            while True:
                wanted = Wanted(self._options, await self._items(client))
                now = await self._streams(client, "/current")
                hear([*wanted.missing(), *wanted.samples(now.observations, snapshot=True)])
                await self._follow(client, wanted, now, hear)

    async def browse(self, limit: int) -> list[Offer]:
        """Return the data items of the agent with what they hold now. Raises Away."""
        async with self._client() as client:
            items = await self._items(client)
            now = {o.item: o for o in (await self._streams(client, "/current")).observations}
        return [_offer(item, now.get(item.id)) for item in items[:limit]]

    async def _follow(self, client: httpx.AsyncClient, wanted: "Wanted", now: Streams, hear: Hear) -> None:
        """Tell observations behind `now`; return when the agent began anew or forgot some before we asked."""
        at = now.next
        async for document in self._documents(client, at):
            if isinstance(document, Refusal):
                if document.code != "OUT_OF_RANGE":
                    raise Away(f"the MTConnect agent at {self._options.url} refuses: {document.code} {document.words}")
                log.warning("observations were lost: the agent's buffer is too small", extra={"from": at})
                return
            if document.instance != now.instance:
                log.warning("the agent began anew", extra={"agent": self._options.url})
                return
            hear(wanted.samples([o for o in document.observations if o.sequence >= at], snapshot=False))
            if document.first > at:
                log.warning("observations were lost: the agent's buffer is too small", extra={"n": document.first - at})
                return
            at = document.next

    async def _documents(self, client: httpx.AsyncClient, at: int) -> AsyncIterator[Streams | Refusal]:
        """Yield what the agent streams from sequence `at` on. Raises Away when it ends."""
        options = self._options
        asked = {"interval": options.interval_ms, "heartbeat": options.heartbeat_ms, "count": COUNT, "from": at}
        url = f"{options.url}/sample"
        try:
            async with client.stream("GET", url, params=asked) as answer:
                boundary = boundary_of(answer.headers.get("content-type", ""))
                if boundary is None:
                    yield self._known(await answer.aread(), answer)
                    return
                parts = Parts(boundary)
                async for piece in answer.aiter_raw():
                    for part in parts.feed(piece):
                        yield self._known(part, answer)
        except httpx.ReadTimeout as error:
            beats = f"{BEATS} heartbeats of {options.heartbeat_ms} ms"
            raise Away(f"the MTConnect agent at {options.url} said nothing for {beats}") from error
        except (httpx.HTTPError, BadStream) as error:
            raise self._away(error) from error
        raise Away(f"the MTConnect agent at {options.url} ended the stream")

    def _known(self, raw: bytes, answer: httpx.Response) -> Streams | Refusal:
        found = self._parsed(raw, answer)
        if isinstance(found, tuple):
            raise Away(f"the MTConnect agent at {self._options.url} answers with devices where data was asked for")
        return found

    async def _streams(self, client: httpx.AsyncClient, what: str) -> Streams:
        found = await self._asked(client, what)
        if isinstance(found, Streams):
            return found
        said = f"{found.code} {found.words}" if isinstance(found, Refusal) else "with devices"
        raise Away(f"the MTConnect agent at {self._options.url}{what} answers {said}")

    async def _items(self, client: httpx.AsyncClient) -> tuple[Item, ...]:
        found = await self._asked(client, "/probe")
        if isinstance(found, tuple):
            return found
        said = f"{found.code} {found.words}" if isinstance(found, Refusal) else "with data"
        raise Away(f"the MTConnect agent at {self._options.url}/probe answers {said}")

    async def _asked(self, client: httpx.AsyncClient, what: str) -> Streams | Refusal | tuple[Item, ...]:
        try:
            answer = await client.get(f"{self._options.url}{what}")
        except httpx.HTTPError as error:
            raise self._away(error) from error
        return self._parsed(answer.content, answer)

    def _parsed(self, raw: bytes, answer: httpx.Response) -> Streams | Refusal | tuple[Item, ...]:
        if answer.status_code in (401, 403):
            raise Away(f"the MTConnect agent at {self._options.url} does not let us in: check `user` and password")
        try:
            return parse(raw)
        except BadDocument as error:
            said = f"HTTP {answer.status_code}: {error}" if answer.is_error else str(error)
            raise Away(f"the MTConnect agent at {self._options.url}: {said}") from error

    def _away(self, error: Exception) -> Away:
        why = str(error) or type(error).__name__
        return Away(f"the MTConnect agent at {self._options.url} does not answer: {why}")

    def _client(self) -> httpx.AsyncClient:
        options = self._options
        silence = BEATS * max(options.heartbeat_ms, options.interval_ms) / 1000
        auth = None if options.user is None else httpx.BasicAuth(options.user, options.password or "")
        timeout = httpx.Timeout(CONNECT_S, read=max(CONNECT_S, silence))
        return httpx.AsyncClient(verify=options.verify, auth=auth, timeout=timeout, trust_env=False)


class Wanted:
    """Which data item is which address of the mapping: its id, or `device/name`."""

    def __init__(self, options: MtConnectOptions, items: Sequence[Item]) -> None:
        self._options = options
        self._of_item: dict[str, list[str]] = defaultdict(list)
        known = {name: item.id for item in items for name in (item.id, f"{item.device}/{item.name}")}
        self._missing = []
        for address in options.addresses:
            item = known.get(address.partition("#")[0])
            if item is None:
                self._missing.append(address)
                log.warning("an address cannot be heard", extra={"address": address, "why": "no such data item"})
            else:
                self._of_item[item].append(address)

    def missing(self) -> list[Sample]:
        """Return addresses that the agent does not have, as bad values."""
        return [Sample(address, None, None, "bad", snapshot=True) for address in self._missing]

    def samples(self, observations: Sequence[Observation], *, snapshot: bool) -> list[Sample]:
        """Return what observations say of mapped addresses, by time, a reason before its state."""
        in_order = sorted(observations, key=lambda o: (o.t, o.sequence))
        found = [
            (o.t, address not in self._options.leading, Sample(address, value, o.t, status, snapshot=snapshot))
            for o in in_order
            for address, value, status in self._values(o)
        ]
        return [sample for _, _, sample in sorted(found, key=lambda one: one[:2])]

    def _values(self, o: Observation) -> Iterator[tuple[str, Scalar, ValueStatus]]:
        inside = {**dict(o.entries), **({"code": o.code} if o.category == "condition" else {})}
        for address in self._of_item.get(o.item, ()):
            part = address.partition("#")[2]
            if part and part not in inside and o.entries:
                continue
            text = inside.get(part) if part else o.value
            if text is None:
                yield address, None, "bad"
            else:
                yield address, text if address in self._options.texts else number(text), "good"


def _offer(item: Item, now: Observation | None) -> Offer:
    address = f"{item.device}/{item.name}" if item.name else item.id
    value = None if now is None or now.value is None else number(now.value)
    return Offer(address, item.type, item.unit, value, " \u203a ".join(item.place))
