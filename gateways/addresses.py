"""Which addresses a source's mapping names: what a protocol has to ask for."""

from collections.abc import Iterable, Iterator

from app.domain.plant.equipment import Source


def addresses(source: Source) -> list[str]:
    """Return every address of the mapping, each once, in its order."""
    return list(dict.fromkeys(_texts(source.options.get("mapping"))))


def of_words(source: Source, words: Iterable[str]) -> frozenset[str]:
    """Return the addresses of these words (`state`, `reason`, ...) of all machines."""
    wanted = tuple(words)
    mapping = source.options.get("mapping")
    machines = mapping.values() if isinstance(mapping, dict) else ()
    found = [machine.get(word) for machine in machines if isinstance(machine, dict) for word in wanted]
    return frozenset(_texts([at for at in found if at]))


def _texts(node: object) -> Iterator[str]:
    """Yield addresses: texts, and the `at` of a mapping that also scales."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for one in node:
            yield from _texts(one)
    elif isinstance(node, dict):
        if "at" in node:
            yield from _texts(node["at"])
        else:
            for value in node.values():
                yield from _texts(value)
