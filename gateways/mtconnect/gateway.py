"""MTConnect: what an agent holds now, then every observation as it streams; nothing is asked for twice.

httpx (BSD, typed) carries it; defusedxml (PSF) reads it: docs/decisions/0002-libraries.md.
"""

import logging
from collections.abc import AsyncIterator

import httpx
import msgspec

from app.domain.plant.equipment import Source
from gateways.base import Away, Hear, Offer, Sample
from gateways.mtconnect.conditions import Conditions
from gateways.mtconnect.documents import BadDocument, Item, Observation, Refusal, Streams, number, parse
from gateways.mtconnect.multipart import BadStream, Parts, boundary_of
from gateways.mtconnect.options import MtConnectOptions, options_of
from gateways.mtconnect.wanted import Wanted

CONNECT_S = 5.0
COUNT = 1_000
FIRST = 1
SPARE = 10
TOO_SMALL = "its buffer is too small"
BEATS = 3
log = logging.getLogger(__name__)


def make(source: Source) -> "MtConnectGateway":
    """Return the gateway of a source. Raises BadSource naming the key."""
    return MtConnectGateway(options_of(source))


class Place(msgspec.Struct, frozen=True):
    """Where in an agent's observations we are: its instance, and the sequence to ask from."""

    instance: str
    sequence: int

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


class MtConnectGateway:
    """One agent, over however many connections."""

    def __init__(self, options: MtConnectOptions) -> None:
        self._options = options
        self._conditions = Conditions()
        self._instance: str | None = None
        self._at: Place | None = None
        self._is_resumed = False

    def go_on(self, place: str) -> None:
        """Go on at the place an earlier process was told of; one that cannot be read is as if there were none."""
        try:
            self._at = msgspec.json.decode(place, type=Place)
        except msgspec.MsgspecError:
            log.warning("the place to go on at cannot be read", extra={"place": place})
            return
        self._instance, self._is_resumed = self._at.instance, True

    async def listen(self, hear: Hear) -> None:
        """Tell every observation until the agent ends or is gone, going on where it was left. Raises Away.

        The first time: what holds now. After a restart of the agent: from its first observation on, where it still has
        that. What the agent forgot before we asked is told as lost, and what held at the oldest it still has.
        """
        async with self._client() as client:
            while True:
                wanted = Wanted(self._options, await self._items(client), self._conditions)
                is_again = self._at is None and self._instance is not None
                if self._at is None:
                    self._at = await self._begin(client, wanted, hear)
                elif told := [*wanted.missing(), *await self._held_before(client, wanted, self._at)]:
                    hear(told)
                if not await self._follow(client, wanted, self._at, hear) and is_again:
                    raise Away(
                        f"the MTConnect agent at {self._options.url} forgets faster than we can ask: {TOO_SMALL}"
                    )

    async def _begin(self, client: httpx.AsyncClient, wanted: Wanted, hear: Hear) -> Place:
        """Tell what holds, or nothing where all that the agent observed can be heard; return where to go on.

        Whoever was heard before and begins again lost something: the agent's buffer was too small for the cut, or it
        began anew and nobody knows what it observed last before that.
        """
        now = await self._streams(client, "/current")
        self._conditions.forget()
        is_lost, whole = self._instance is not None, self._instance not in (None, now.instance) and now.first == FIRST
        told = wanted.missing()
        if whole:
            wanted.begin_anew()
            place, since = (
                Place(now.instance, FIRST),
                min((o.t for o in now.observations if o.sequence >= FIRST), default=now.t),
            )
        else:
            now = await self._oldest(client, now) if is_lost else now
            place, since = Place(now.instance, now.next), now.t
            told += wanted.samples(now.observations, snapshot=True)
        if is_lost:
            told = [Sample("", None, since, lost=True), *told]
        if told:
            hear(told, str(place))
        self._instance = now.instance
        return place

    async def _oldest(self, client: httpx.AsyncClient, now: Streams) -> Streams:
        """Return what held at the oldest observations the agent still has, so that those since are heard; else `now`.

        A tenth is left aside: the agent forgets while we ask.
        """
        at = now.first + (now.next - now.first) // SPARE
        held = await self._held(client, now.instance, at)
        if not held:
            return now
        return Streams(now.instance, now.first, at + 1, held, max(o.t for o in held))

    async def _held(self, client: httpx.AsyncClient, instance: str, at: int) -> tuple[Observation, ...]:
        """Return what held at a sequence; none where the agent cannot say."""
        found = await self._asked(client, f"/current?at={at}")
        if not isinstance(found, Streams) or found.instance != instance:
            return ()
        return found.observations if all(o.sequence <= at for o in found.observations) else ()

    async def _held_before(self, client: httpx.AsyncClient, wanted: Wanted, place: Place) -> list[Sample]:
        """Return, once after a restart of ours, what held where we go on: reasons, orders and conditions that stand."""
        if not self._is_resumed:
            return []
        held = await self._held(client, place.instance, place.sequence - 1)
        self._is_resumed = False
        return wanted.samples(held, snapshot=True)

    async def browse(self, limit: int) -> list[Offer]:
        """Return the data items of the agent with what they hold now. Raises Away."""
        async with self._client() as client:
            items = await self._items(client)
            now = {o.item: o for o in (await self._streams(client, "/current")).observations}
        return [_offer(item, now.get(item.id)) for item in items[:limit]]

    async def _follow(self, client: httpx.AsyncClient, wanted: Wanted, place: Place, hear: Hear) -> int:
        """Tell observations from `place` on until the agent began anew or forgot some; return how many documents.

        What was heard is not asked for again after a cut: the place moves when it is kept, and not before.
        """
        at, heard = place.sequence, 0
        async for document in self._documents(client, at):
            if isinstance(document, Refusal):
                if document.code != "OUT_OF_RANGE":
                    raise Away(f"the MTConnect agent at {self._options.url} refuses: {document.code} {document.words}")
                log.warning("observations were lost: the agent's buffer is too small", extra={"from": at})
                self._at = None
                return heard
            if document.instance != place.instance:
                log.warning("the agent began anew", extra={"agent": self._options.url})
                self._at = None
                return heard
            news = [o for o in document.observations if o.sequence >= at]
            if document.first > at and all(o.sequence >= document.first for o in news):
                log.warning("observations were lost: the agent's buffer is too small", extra={"n": document.first - at})
                self._at = None
                return heard
            at = document.next
            hear(wanted.samples(news, snapshot=False), str(place := Place(place.instance, at)))
            self._at = place
            heard += 1
        return heard

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
        help_ = "check `ca`" if "CERTIFICATE" in why.upper() else "is it on, and is the port open to us?"
        return Away(f"the MTConnect agent at {self._options.url} does not answer: {why}; {help_}")

    def _client(self) -> httpx.AsyncClient:
        options = self._options
        silence = BEATS * max(options.heartbeat_ms, options.interval_ms) / 1000
        auth = None if options.user is None else httpx.BasicAuth(options.user, options.password or "")
        timeout = httpx.Timeout(CONNECT_S, read=max(CONNECT_S, silence))
        return httpx.AsyncClient(verify=options.verify, auth=auth, timeout=timeout, trust_env=False)


def _offer(item: Item, now: Observation | None) -> Offer:
    address = f"{item.device}/{item.name}" if item.name else item.id
    value = None if now is None or now.value is None else number(now.value)
    return Offer(address, item.type, item.unit, value, " \u203a ".join(item.place))
