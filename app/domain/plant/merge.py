"""Several plant files as one: mappings and lists are joined, sites, areas and lines with one id become one."""

from collections.abc import Sequence

from app.domain.plant.form import Notes
from app.domain.plant.node import Node

JOINED_BY_ID = {"sites", "areas", "lines"}


def merged(roots: Sequence[Node], notes: Notes) -> Node:
    """Return the files' values as one, in file order; a value that two files state differently is a mistake."""
    whole = roots[0]
    for root in roots[1:]:
        whole = _joined(whole, root, "", notes)
    return whole


def _joined(first: Node, second: Node, path: str, notes: Notes) -> Node:
    if second.value is None or first.value is None:
        return first if second.value is None else second
    if isinstance(first.value, dict) and isinstance(second.value, dict):
        entries = dict(first.value)
        for key, node in second.value.items():
            at = f"{path}.{key}" if path else key
            entries[key] = _joined(entries[key], node, at, notes) if key in entries else node
        return Node(entries, first.file, first.line)
    if isinstance(first.value, list) and isinstance(second.value, list):
        return Node(_lists(first.value, second.value, path, notes), first.file, first.line)
    if first.value != second.value:
        wrong = f"differs from {first.file}:{first.line}"
        notes.add(second, path, wrong, "say it in one of the files only")
    return first


def _lists(first: list[Node], second: list[Node], path: str, notes: Notes) -> list[Node]:
    if path.rpartition(".")[2] not in JOINED_BY_ID:
        return [*first, *second]
    items = list(first)
    for node in second:
        same = next((at for at, known in enumerate(items) if _id(known) == _id(node) is not None), None)
        if same is None:
            items.append(node)
        else:
            items[same] = _joined(items[same], node, f"{path}[{same}]", notes)
    return items


def _id(node: Node) -> str | None:
    found = node.value.get("id") if isinstance(node.value, dict) else None
    return found.value if found is not None and isinstance(found.value, str) else None
