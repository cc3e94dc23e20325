"""One connection to an MQTT broker: what is received waits here until it is heard, and only then is it acknowledged.

paho's network runs in a thread of its own; everything else happens in the event loop. A lost connection is never mended
here: it raises Away, and whoever listens begins anew, with everything that has to be said at a beginning.
"""

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Self

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from gateways.base import Away
from gateways.broker.options import BrokerOptions

ANSWER_S = 10.0
MOST_WAITING = 50_000
BATCH = 1_000
_REFUSED = 128


class Received(msgspec.Struct, frozen=True, gc=False):
    """A message as it came. is_retained: the broker kept it; it may be of any age."""

    topic: str
    payload: bytes
    is_retained: bool
    qos: int = 0
    number: int = 0


class Saying(msgspec.Struct, frozen=True):
    """A message to publish, or to be published for us when we are lost (a will)."""

    topic: str
    payload: bytes
    qos: int = 0
    is_retained: bool = False


class Link:
    """A broker as an async context: connected inside, gone outside. Raises Away when it cannot be or is lost."""

    def __init__(self, options: BrokerOptions, will: Saying | None = None) -> None:
        self._options = options
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=options.client_id,
            clean_session=options.clean_session,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if options.user is not None:
            client.username_pw_set(options.user, options.password)
        if options.encryption is not None:
            client.tls_set_context(options.encryption)
        if will is not None:
            client.will_set(will.topic, will.payload, will.qos, will.is_retained)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message, client.on_subscribe = self._on_message, self._on_subscribe
        client.on_publish = self._on_publish
        self._inbox: deque[Received] = deque()
        self._room = threading.Semaphore(MOST_WAITING)
        self._is_closing = threading.Event()
        self._answers: dict[int, asyncio.Future[list[ReasonCode]]] = {}
        self._lost: str | None = None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            await self._connect()
            stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._close()

    async def subscribe(self, filters: Sequence[tuple[str, int]]) -> None:
        """Subscribe to (topic filter, QoS) and wait for the broker's word. Raises Away when it refuses one."""
        done, number = self._client.subscribe(list(filters))
        if done != mqtt.MQTT_ERR_SUCCESS or number is None:
            raise Away(self._lost or "the broker is gone")
        codes = await self._answered(number, self._answer(number), "the broker does not answer a subscription")
        refused = [topic for (topic, _), code in zip(filters, codes, strict=False) if code.value >= _REFUSED]
        if refused:
            raise Away(f"the broker refuses to subscribe us to {', '.join(refused)}: allow it in the broker's rules")

    async def say(self, saying: Saying) -> None:
        """Publish; with QoS 1 wait until the broker has it. Raises Away."""
        said = self._client.publish(saying.topic, saying.payload, saying.qos, saying.is_retained)
        if said.rc != mqtt.MQTT_ERR_SUCCESS:
            raise Away(self._lost or "the broker is gone")
        if saying.qos:
            await self._answered(said.mid, self._answer(said.mid), "the broker does not take our message")

    async def receive(self, patience_s: float) -> list[Received]:
        """Return what came, in order; nothing when nothing came for `patience_s`. Raises Away when the link is lost."""
        if not self._inbox and self._lost is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._news.wait()
        self._news.clear()
        batch = [self._inbox.popleft() for _ in range(min(BATCH, len(self._inbox)))]
        if not batch and self._lost is not None:
            raise Away(self._lost)
        for _ in batch:
            self._room.release()
        return batch

    def heard(self, batch: Sequence[Received]) -> None:
        """Tell the broker that it need not keep these any longer. Until then it tells QoS 1 and 2 again."""
        for message in batch:
            if message.qos:
                self._client.ack(message.number, message.qos)

    async def _connect(self) -> None:
        answer = self._answers[0] = self._loop.create_future()
        options = self._options
        where = f"{options.host}:{options.port}"
        try:
            await asyncio.to_thread(self._client.connect, options.host, options.port, options.keepalive_s)
        except ssl.SSLError as error:
            raise Away(
                f"the broker at {where}: TLS refused: {error}; check `ca`, the name in `url` and the certificate"
            ) from error
        except OSError as error:
            raise Away(f"the broker at {where} cannot be reached: {error}: is it on, and is the port open?") from error
        self._client.loop_start()
        codes = await self._answered(0, answer, f"what is at {where} does not answer as an MQTT broker")
        if codes[0].is_failure:
            raise Away(
                f"the broker at {where} refuses us: {codes[0]}; check `user`, `password_env` and the broker's rules"
            )

    async def _close(self) -> None:
        self._is_closing.set()
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def _answer(self, number: int) -> "asyncio.Future[list[ReasonCode]]":
        return self._answers.setdefault(number, self._loop.create_future())

    async def _answered(
        self, number: int, answer: "asyncio.Future[list[ReasonCode]]", silence: str
    ) -> list[ReasonCode]:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except TimeoutError as error:
            raise Away(silence) from error
        finally:
            self._answers.pop(number, None)

    # What follows runs in paho's thread.

    def _tell(self, number: int, codes: list[ReasonCode]) -> None:
        def settle() -> None:
            answer = self._answers.get(number)
            if answer is not None and not answer.done():
                answer.set_result(codes)

        self._loop.call_soon_threadsafe(settle)

    def _on_connect(self, client: mqtt.Client, data: object, flags: object, code: ReasonCode, extra: object) -> None:
        self._tell(0, [code])

    def _on_subscribe(
        self, client: mqtt.Client, data: object, number: int, codes: list[ReasonCode], extra: object
    ) -> None:
        self._tell(number, codes)

    def _on_publish(self, client: mqtt.Client, data: object, number: int, code: ReasonCode, extra: object) -> None:
        self._tell(number, [code])

    def _on_disconnect(self, client: mqtt.Client, data: object, flags: object, code: ReasonCode, extra: object) -> None:
        def lose() -> None:
            self._lost = f"the broker {self._options.host}:{self._options.port} is gone: {code}"
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(Away(self._lost))
            self._news.set()

        self._loop.call_soon_threadsafe(lose)

    def _on_message(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        """Keep it; while too many wait, take nothing more from the network: then the broker waits too."""
        while not self._room.acquire(timeout=0.2):
            if self._is_closing.is_set():
                return
        kept, qos = bytes(message.payload), message.qos
        self._inbox.append(Received(message.topic, kept, bool(message.retain), qos, message.mid))
        self._loop.call_soon_threadsafe(self._news.set)
