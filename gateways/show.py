"""What sources offer and what the mapping would make of it, for a person who sets one up; nothing is kept or sent."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager

from app.domain.events.codec import encode
from app.domain.plant.equipment import Plant, Source
from gateways.base import Away, Sample
from gateways.mapping import Mapper
from gateways.registry import gateway_of, holds

MOST_SHOWN = 500


def browse(sources: Sequence[Source]) -> int:
    """Print each address that the sources have: address, type, unit, value, meaning. Return 1 when one is away."""
    away: list[str] = []
    for source in sources:
        with _tried(source, sources, away):
            for offer in asyncio.run(gateway_of(source).browse(MOST_SHOWN)):
                value = "" if offer.value is None else offer.value
                print(offer.address, offer.type, offer.unit, value, offer.meaning, sep="\t")
    return 1 if away else 0


def listen(plant: Plant, sources: Sequence[Source], seconds: float, now: Callable[[], int]) -> int:
    """Print each event that the mapping makes, as it would be on the stream but for its number.

    Then what came and is not mapped, and what is mapped and did not come. Return 1 when a source is away. now: UTC ms.
    """
    away: list[str] = []
    for source in sources:
        with _tried(source, sources, away):
            heard = _Heard(Mapper(plant, source, holds=holds(source)), now)
            asyncio.run(_for(gateway_of(source).listen(heard.hear), seconds))
            heard.conclude(seconds)
    return 1 if away else 0


class _Heard:
    """Prints what is heard of one source, as it comes."""

    def __init__(self, mapper: Mapper, now: Callable[[], int]) -> None:
        self._mapper, self._now = mapper, now
        self._silent = dict.fromkeys(mapper.addresses)

    def hear(self, samples: Sequence[Sample], _: str | None = None, /) -> None:
        for line, event in self._mapper.events(samples, self._now()):
            print(line, encode(event).decode(), sep="\t")
        for sample in samples:
            if sample.value is not None:
                self._silent.pop(sample.address, None)

    def conclude(self, seconds: float) -> None:
        for address, value in list(self._mapper.unknown.items())[:MOST_SHOWN]:
            print("not mapped", address, value, sep="\t")
        for address in list(self._silent)[:MOST_SHOWN]:
            print("mapped, without a value in", f"{seconds:g} s", address, sep="\t")


async def _for(listening: Coroutine[None, None, None], seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(listening, seconds)


@contextmanager
def _tried(source: Source, of: Sequence[Source], away: list[str]) -> Iterator[None]:
    """Say which source what follows is of, where there are several; one that is away does not keep the others."""
    if len(of) > 1:
        print(f"# {source.id}", flush=True)
    try:
        yield
    except Away as error:
        print(f"{source.id}: {error}", file=sys.stderr)
        away.append(source.id)
