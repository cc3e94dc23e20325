"""OPC UA: subscribes to the mapped nodes and tells what the server says of them, with its clock and its status.

asyncua (LGPL, alive, typed) speaks the protocol: docs/decisions/0002-libraries.md.
"""

import asyncio
import logging
import time
from contextlib import suppress

from asyncua import Client, ua
from asyncua.common.subscription import DataChangeEvent, OverflowPolicy, StatusChangeEvent, Subscription

from app.domain.plant.equipment import Source
from gateways.base import Away, Hear, Offer, Sample
from gateways.opcua.connection import GONE, asking, connected
from gateways.opcua.options import OpcUaOptions, options_of
from gateways.opcua.packml import completed, known
from gateways.opcua.space import Space
from gateways.opcua.watched import Watched

__all__ = ["completed", "known", "make"]
ALIVE_S = 3.0
LOOK_AGAIN_S = 30.0
KEEPALIVE_MS = 2_000
MOST_WAITING, MOST_AT_ONCE = 200_000, 5_000

log = logging.getLogger(__name__)


def make(source: Source) -> "OpcUaGateway":
    """Return the gateway of a source. Raises BadSource naming the key."""
    return OpcUaGateway(options_of(source))


class OpcUaGateway:
    """One connection to one OPC UA server. look_again_s: so often nodes that are not there are looked for."""

    def __init__(self, options: OpcUaOptions, look_again_s: float = LOOK_AGAIN_S) -> None:
        self._options, self._look_again_s = options, look_again_s
        self._why: dict[str, str] = {}

    async def listen(self, hear: Hear) -> None:
        """Subscribe and tell until the connection ends. Raises Away."""
        client = await connected(self._options)
        try:
            await self._stay(client, hear)
        finally:
            with suppress(*GONE):
                await client.disconnect()

    async def browse(self, limit: int) -> list[Offer]:
        """Return variables of the server, the near ones first. Raises Away."""
        client = await connected(self._options)
        try:
            with asking(self._options):
                return await Space(client, await client.get_namespace_array()).offers(limit)
        finally:
            with suppress(*GONE):
                await client.disconnect()

    async def _stay(self, client: Client, hear: Hear) -> None:
        watched, heard_at = Watched(self._options), 0.0
        with asking(self._options):
            subscription = await self._subscription(client)
            look_at = await self._look(client, subscription, watched)
        while True:
            told = await _told(subscription, watched, self._options)
            if told:
                hear(told)
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at >= ALIVE_S:
                with asking(self._options):
                    await client.nodes.server_state.read_value()
                hear([])
                heard_at = time.monotonic()
            if watched.missing and time.monotonic() >= look_at:
                with asking(self._options):
                    look_at = await self._look(client, subscription, watched)

    async def _subscription(self, client: Client) -> Subscription:
        options = self._options
        asked = ua.CreateSubscriptionParameters()
        asked.RequestedPublishingInterval = options.publishing_ms
        asked.RequestedMaxKeepAliveCount = max(1, KEEPALIVE_MS // options.publishing_ms)
        asked.RequestedLifetimeCount = 30 * asked.RequestedMaxKeepAliveCount
        asked.PublishingEnabled = True
        return await client.create_subscription(asked, queue_maxsize=MOST_WAITING, overflow=OverflowPolicy.DISCONNECT)

    async def _look(self, client: Client, subscription: Subscription, watched: Watched) -> float:
        """Subscribe to what is not subscribed yet; return when to look again for what is still not there."""
        await watched.find(Space(client, await client.get_namespace_array()), client)
        nodes = watched.to_subscribe()
        if nodes:
            found = await subscription.subscribe_data_change(
                [client.get_node(node) for node in nodes],
                queuesize=self._options.queue,
                sampling_interval=ua.Duration(self._options.sampling_ms),
            )
            for node, result in zip(nodes, found if isinstance(found, list) else [found], strict=True):
                watched.subscribed(node, str(result.name) if isinstance(result, ua.StatusCode) else None)
        for address, why in watched.missing.items():
            if self._why.get(address) != why:
                self._why[address] = why
                log.warning("an address cannot be heard", extra={"address": address, "why": why})
        return time.monotonic() + self._look_again_s


async def _told(subscription: Subscription, watched: Watched, options: OpcUaOptions) -> list[Sample]:
    """Return what came, all that is there at once; nothing when nothing came for a while. Raises Away when it ended."""
    lost = watched.lost()
    wait = 0.0 if lost else ALIVE_S
    notified: list[tuple[ua.NodeId, ua.DataValue]] = []
    while len(notified) < MOST_AT_ONCE:
        try:
            async with asyncio.timeout(wait):
                event = await anext(subscription)
        except TimeoutError:
            break
        except StopAsyncIteration:
            raise Away(f"the OPC UA server at {options.url} ended the subscription") from None
        if isinstance(event, StatusChangeEvent):
            why = event.notification.Status
            raise Away(f"the OPC UA server at {options.url} ended the subscription ({why.name if why else 'unknown'})")
        if isinstance(event, DataChangeEvent):
            notified.append((event.node.nodeid, event.data.monitored_item.Value))
        wait = 0.0
    return lost + watched.told(notified)
