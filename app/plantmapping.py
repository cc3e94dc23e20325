"""What a source's addresses mean, written into its plant file beside what people wrote; checked before it stays."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from app.domain.plant.node import Node
from app.domain.plant.suggest import Suggestion
from app.plantedit import CannotEdit
from app.plantyaml import load_plant, plant_changes, plant_nodes, plant_texts

INDENT = 2
Lines = list[str]


def add_mapping(path: Path, source: str, found: Sequence[Suggestion]) -> Path:
    """Write suggestions into the mapping of a source, without touching what stands there; return the file.

    Raises CannotEdit where the file is not written a key a line, and PlantFileErrors when it would be wrong; the file
    is then as it was.
    """
    own, mapping = _source(path, source)
    file = Path(own.file)
    before, texts = file.read_text(encoding="utf-8"), plant_texts(path)
    after = _written(before.splitlines(keepends=True), own, mapping, found)
    file.write_text("".join(after), encoding="utf-8")
    try:
        load_plant(path)
        start = f"sources.{source}.mapping."
        others = [c.path for c in plant_changes(texts, plant_texts(path)) if not f"{c.path}.".startswith(start)]
        if others:
            raise CannotEdit(f"{file}: more than the mapping of {source} would change: {', '.join(others)}")
    except ValueError:
        file.write_text(before, encoding="utf-8")
        raise
    return file


def _source(path: Path, name: str) -> tuple[Node, Node | None]:
    """Return what the plant says of a source, and its mapping."""
    for root in plant_nodes(path):
        sources = root.value.get("sources") if isinstance(root.value, dict) else None
        for node in sources.value if sources is not None and isinstance(sources.value, list) else []:
            if isinstance(node.value, dict) and "id" in node.value and node.value["id"].value == name:
                return node, node.value.get("mapping")
    raise CannotEdit(f"{name}: no file of the plant describes this source")


def _written(lines: Lines, own: Node, mapping: Node | None, found: Sequence[Suggestion]) -> Lines:
    lines = list(lines)
    known = mapping.value if mapping is not None and isinstance(mapping.value, dict) else {}
    by_machine: dict[str, list[Suggestion]] = {}
    for one in found:
        by_machine.setdefault(one.machine, []).append(one)
    # From the bottom up, so that the places of what stands above stay as they were read.
    places = sorted(by_machine, key=lambda machine: -known[machine].line if machine in known else 0)
    fresh = [machine for machine in places if machine not in known]
    for machine in places:
        if machine in known:
            _into_machine(lines, machine, known[machine], by_machine[machine])
    if fresh:
        _new_machines(lines, own, mapping, {machine: _words(by_machine[machine]) for machine in fresh})
    return lines


def _new_machines(lines: Lines, own: Node, mapping: Node | None, words: Mapping[str, object]) -> None:
    if mapping is not None and mapping.value:
        at = mapping.line - 1
        _plain_key(lines[at], "mapping", mapping)
        first = next(iter(mapping.value.values())) if isinstance(mapping.value, dict) else mapping
        lines[at + 1 : at + 1] = _yaml(words, _column(lines, first))
    elif mapping is not None:
        at = mapping.line - 1
        indent = _column(lines, mapping)
        if lines[at].strip() not in ("mapping: {}", "mapping:"):
            raise _cannot(mapping)
        lines[at : at + 1] = [f"{' ' * indent}mapping:\n", *_yaml(words, indent + INDENT)]
    else:
        assert isinstance(own.value, dict)
        key = own.value["id"]
        if not lines[key.line - 1].lstrip().startswith(("- id:", "id:")):
            raise _cannot(own)
        indent = lines[key.line - 1].index("id:")
        lines[key.line : key.line] = [f"{' ' * indent}mapping:\n", *_yaml(words, indent + INDENT)]


def _into_machine(lines: Lines, name: str, machine: Node, found: Sequence[Suggestion]) -> None:
    """Write into the block of a machine that is mapped in part."""
    if not isinstance(machine.value, dict) or not machine.value:
        raise _cannot(machine)
    words = {key: value for key, value in _words(found).items() if key not in machine.value}
    signals = {one.what: one.address for one in found if one.is_signal}
    held = machine.value.get("signals")
    if held is not None and signals:
        if not isinstance(held.value, dict) or not held.value:
            raise _cannot(held)
        _plain_key(lines[held.line - 1], "signals", held)
        lines[held.line : held.line] = _yaml(signals, _column(lines, next(iter(held.value.values()))))
    if words:
        first = next(iter(machine.value.values()))
        column = _column(lines, first)
        _plain_key(lines[machine.line - 1], name, machine)
        lines[machine.line : machine.line] = _yaml(words, column)


def _words(found: Sequence[Suggestion]) -> dict[str, object]:
    words: dict[str, object] = {one.what: one.address for one in found if not one.is_signal}
    signals = {one.what: one.address for one in found if one.is_signal}
    return {**words, "signals": signals} if signals else words


def _yaml(data: Mapping[str, object], indent: int) -> Lines:
    text = yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=10_000)
    return [f"{' ' * indent}{line}\n" for line in text.splitlines()]


def _column(lines: Lines, node: Node) -> int:
    line = lines[node.line - 1]
    return len(line) - len(line.lstrip(" "))


def _plain_key(line: str, key: str, node: Node) -> None:
    if line.partition("#")[0].strip() != f"{key}:":
        raise _cannot(node)


def _cannot(node: Node) -> CannotEdit:
    return CannotEdit(f"{node.file}:{node.line}: is written in one line with others; paste what is shown there")
