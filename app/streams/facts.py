"""The facts stream: what engines tell the historian. An entry holds a JSON list of facts, told together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from app.domain.accounting.facts import Fact
from app.domain.events import streams
from app.streams.connection import Client, asking
from app.streams.log import FIELD

MOST_IN_ENTRY = 200
_decoder = msgspec.json.Decoder(list[Fact])
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class ToldFacts:
    """One entry of a facts stream."""

    id: bytes
    facts: list[Fact]


def encode_facts(facts: Sequence[Fact]) -> list[bytes]:
    """Return the entries for `facts`, in order; none for none."""
    return [_encoder.encode(facts[at : at + MOST_IN_ENTRY]) for at in range(0, len(facts), MOST_IN_ENTRY)]


class FactLog:
    """Reads facts in the order they were told; a later fact replaces an earlier one. May raise ServerAway."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, positions: Mapping[str, bytes], count: int) -> dict[str, list[ToldFacts]]:
        """Return up to `count` entries of each line after its position (b"0-0": from the start), in one round trip."""
        if not positions:
            return {}
        pipeline = self._client.pipeline(transaction=False)
        for line, position in positions.items():
            low = b"-" if position == b"0-0" else b"(" + position
            pipeline.xrange(streams.facts(line), min=low, count=count)
        with asking():
            answers = pipeline.execute()
        return {
            line: [ToldFacts(entry, _decoder.decode(fields[FIELD])) for entry, fields in answer]
            for line, answer in zip(positions, answers, strict=True)
            if answer
        }
