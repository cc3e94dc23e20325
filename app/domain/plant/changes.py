"""What is different between two plant files, key by key: a list in which people find what they changed. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One key that was added (before None), taken away (after None) or changed.

    path: keys from the top, equipment by its id: `sites.home.areas.hall.lines.line-1.machines.filler.cycle`.
    """

    path: str
    before: str | None
    after: str | None


def changes(before: Sequence[object], after: Sequence[object]) -> list[Change]:
    """Return what differs between two sets of files, each as plain data, by path."""
    old = {path: text for data in before for path, text in _flat(data, "")}
    new = {path: text for data in after for path, text in _flat(data, "")}
    differing = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    return [Change(path, old.get(path), new.get(path)) for path in differing]


def _flat(data: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from _flat(value, f"{path}.{key}".lstrip("."))
    elif isinstance(data, list) and data and all(isinstance(item, Mapping) and "id" in item for item in data):
        for item in data:
            rest = {key: value for key, value in item.items() if key != "id"}
            yield from _flat(rest, f"{path}.{item['id']}".lstrip("."))
    elif path:
        yield path, data if isinstance(data, str) else json.dumps(data, default=str, ensure_ascii=False)
