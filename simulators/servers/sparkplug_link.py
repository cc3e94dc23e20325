"""An edge node on a broker: connects with its will, is born when its host listens, stores while it does not.

What was said in the last seconds before a connection broke may be lost on the way: it is told again as stored.
"""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from simulators.servers.edge import NAMESPACE, Change, Edge, Saying, asks_rebirth

KEEPALIVE_S = 5
UNSURE_S = 3.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1, 5
log = logging.getLogger(__name__)


class EdgeLink:
    """Talks for one edge node from a thread of its own, and comes back by itself when the broker was away.

    primary_host: the host that must be online before anything is said; None: nobody is waited for. clock: UTC ms.
    unsure_s: how long what was said is kept to be told again. is_born: what changes is said and not stored.
    """

    def __init__(
        self,
        edge: Edge,
        url: str,
        clock: Callable[[], int],
        primary_host: str | None = None,
        *,
        unsure_s: float = UNSURE_S,
    ) -> None:
        self._edge, self._clock, self._unsure_s = edge, clock, unsure_s
        self._where = urlsplit(url)
        self._state = None if primary_host is None else f"{NAMESPACE}/STATE/{primary_host}"
        self._lock = threading.RLock()
        self.is_born = False
        self._recent: deque[tuple[float, Change]] = deque()
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=edge.topic("EDGE").replace("/", "-"), clean_session=True
        )
        client.reconnect_delay_set(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message, client.on_connect_fail = self._on_message, self._on_connect_fail
        self._is_missed = False

    def start(self) -> None:
        """Connect in the background, for as long as it takes."""
        self._new_will()
        self._client.connect_async(self._where.hostname or "127.0.0.1", self._where.port or 1883, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Say that the edge node dies, and go."""
        with self._lock:
            if self.is_born:
                self._publish(self._edge.death())
            self.is_born = False
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, changes: Sequence[Change]) -> None:
        """Tell what changed, or store it while nobody listens."""
        with self._lock:
            now = self._clock()
            if not self.is_born:
                for change in changes:
                    self._edge.store(change)
                return
            for saying in self._edge.data(changes, now):
                self._publish(saying)
            said_at = time.monotonic()
            self._recent.extend((said_at, change) for change in changes)
            while self._recent and self._recent[0][0] < said_at - self._unsure_s:
                self._recent.popleft()

    def kill_device(self, device: str) -> None:
        """Say that a device is gone."""
        with self._lock:
            self._publish(self._edge.device_death(device, self._clock()))

    def skip(self) -> None:
        """Lose a message on the way: its number is used and nobody hears it."""
        with self._lock:
            self._edge.lose(self._clock())

    def _publish(self, saying: Saying) -> None:
        self._client.publish(saying.topic, saying.payload, 0)

    def _new_will(self) -> None:
        will = self._edge.will()
        self._client.will_set(will.topic, will.payload, 1)

    def _be_born(self) -> None:
        """Births, then what was stored, then live."""
        for saying in self._edge.birth(self._clock()):
            self._publish(saying)
        self.is_born = True
        for saying in self._edge.flush(self._clock()):
            self._publish(saying)

    def _fall_silent(self) -> None:
        """From now on everything is stored; what may not have arrived goes first."""
        if self.is_born:
            self.is_born = False
            for _, change in self._recent:
                self._edge.tell_again(change)
            self._recent.clear()

    def _on_connect_fail(self, client: mqtt.Client, data: object) -> None:
        """Say once that nobody is there: a simulation that only stores looks like one that speaks."""
        if not self._is_missed:
            where = self._where.netloc
            log.warning("no broker answers at %s: what the edge node says is stored until one does", where)
        self._is_missed = True

    def _on_connect(self, client: mqtt.Client, data: object, flags: object, code: object, extra: object) -> None:
        self._is_missed = False
        with self._lock:
            client.subscribe([(self._edge.topic("NCMD"), 1)] + ([(self._state, 1)] if self._state else []))
            if self._state is None:
                self._be_born()

    def _on_disconnect(self, client: mqtt.Client, data: object, flags: object, code: object, extra: object) -> None:
        with self._lock:
            self._fall_silent()
            self._new_will()

    def _on_message(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        with self._lock:
            if message.topic == self._state:
                is_online = json.loads(message.payload).get("online") is True
                if is_online and not self.is_born:
                    self._be_born()
                elif not is_online:
                    self._fall_silent()
            elif self.is_born and asks_rebirth(bytes(message.payload)):
                for saying in self._edge.birth(self._clock()):
                    self._publish(saying)
