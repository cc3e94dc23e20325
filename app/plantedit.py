"""One word of a machine changed in its plant file, everything else left as people wrote it."""

import re
from collections.abc import Iterator
from pathlib import Path

from app.domain.plant.commissioning import until
from app.domain.plant.node import Node
from app.plantyaml import load_plant, plant_changes, plant_nodes, plant_texts

LEVELS = ("sites", "areas", "lines", "machines")


class CannotEdit(ValueError):
    """The file cannot be changed by itself; the text says what to write where."""


def end_commissioning(path: Path, machine: str, now: int) -> Path:
    """Write `commissioning: until ...` where the machine of this path says true; return the file.

    now: when it is signed off, UTC ms; it counts from the next full hour on. Raises CannotEdit, and PlantFileErrors
    when the plant file was wrong before; the file is then as it was.
    """
    ended = f"commissioning: {until(now)}"
    said = [node for node in _machines(path, machine) if "commissioning" in node]
    if not said:
        name = machine.rpartition("/")[2]
        raise CannotEdit(f"{machine}: its template says it is in commissioning; write `{ended}` at {name}")
    word = said[0]["commissioning"]
    file = Path(word.file)
    before, texts = file.read_text(encoding="utf-8"), plant_texts(path)
    rows = before.splitlines(keepends=True)
    rows[word.line - 1], changed = re.subn(r"commissioning:\s*true\b", ended, rows[word.line - 1])
    if changed != 1:
        raise CannotEdit(f"{file}:{word.line}: write `{ended}` for {machine} there")
    file.write_text("".join(rows), encoding="utf-8")
    try:
        load_plant(path)
        keys = [change.path for change in plant_changes(texts, plant_texts(path))]
        if len(keys) != 1 or not keys[0].endswith(f".{machine.rpartition('/')[2]}.commissioning"):
            raise CannotEdit(
                f"{file}:{word.line}: more than `commissioning` of {machine} would change: {', '.join(keys)}"
            )
    except ValueError:
        file.write_text(before, encoding="utf-8")
        raise
    return file


def _machines(path: Path, machine: str) -> Iterator[dict[str, Node]]:
    """Yield what each file of the plant says of a machine."""
    for root in plant_nodes(path):
        yield from _below(root, machine.split("/"), 0)


def _below(node: Node, ids: list[str], depth: int) -> Iterator[dict[str, Node]]:
    if not isinstance(node.value, dict):
        return
    if depth == len(ids):
        yield node.value
        return
    found = node.value.get(LEVELS[depth])
    for child in found.value if found is not None and isinstance(found.value, list) else []:
        own = child.value.get("id") if isinstance(child.value, dict) else None
        if own is not None and own.value == ids[depth]:
            yield from _below(child, ids, depth + 1)
