"""The text of a rules file: the lines of one rule cut out and put back, versions counted up, the file written whole."""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from app.domain.alerts.rule import RuleBook
from app.domain.alerts.rulefile import rulebook_of
from app.domain.plant.equipment import Plant
from app.domain.plant.node import PlantFileErrors
from app.plantyaml import text_node

EMPTY = "version: 1\n\nrules:\n"
_VERSION = re.compile(r"^(\s*(?:- )?version:\s*)[^\s#]+")
Lines = tuple[int, int]
"""First line of a rule and the one behind its last, from 0."""


def book_of(text: str, plant: Plant, file: str) -> RuleBook:
    """Return what a rules text says about a plant. Raises PlantFileErrors with every mistake."""
    node, mistakes = text_node(text, file)
    return rulebook_of(node, plant, mistakes)


def stamp(text: str) -> str:
    """Return a short hash of a text: the same text has the same."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def lines_of(text: str, rule: str) -> Lines | None:
    """Return where a rule stands; None: nowhere, or not on lines of its own."""
    try:
        root, _ = text_node(text, "")
    except PlantFileErrors:
        return None
    top = root.value if isinstance(root.value, dict) else {}
    listed = top["rules"].value if "rules" in top else None
    items = listed if isinstance(listed, list) else []
    rows = text.splitlines()
    starts = sorted({item.line for item in items} | {node.line for node in top.values()} | {len(rows) + 1})
    for item in items:
        own = item.value.get("id") if isinstance(item.value, dict) else None
        if own is not None and own.value == rule and rows[item.line - 1].lstrip().startswith("- "):
            return _trimmed(rows, item.line - 1, next(line for line in starts if line > item.line) - 1)
    return None


def _trimmed(rows: list[str], start: int, end: int) -> Lines:
    """Leave empty lines and comments at the end to what comes next."""
    while end > start + 1 and (not rows[end - 1].strip() or rows[end - 1].lstrip().startswith("#")):
        end -= 1
    return start, end


def cut(text: str, lines: Lines) -> str:
    """Return these lines."""
    return "\n".join(text.splitlines()[lines[0] : lines[1]]) + "\n"


def put(text: str, lines: Lines, own: str) -> str:
    """Return the text with other words on these lines."""
    rows = text.splitlines()
    return "\n".join([*rows[: lines[0]], *own.rstrip().splitlines(), *rows[lines[1] :]]) + "\n"


def counted_up(text: str, wanted: Mapping[str, int]) -> str:
    """Return the text with these versions of rules; a rule that has no lines of its own stays as it is."""
    for rule, version in wanted.items():
        lines = lines_of(text, rule)
        if lines is not None:
            text = put(text, lines, _with_version(cut(text, lines), version))
    return text


def _with_version(own: str, version: int) -> str:
    rows = own.splitlines()
    for at, row in enumerate(rows):
        if _VERSION.match(row):
            rows[at] = _VERSION.sub(rf"\g<1>{version}", row)
            return "\n".join(rows)
    indent = len(rows[0]) - len(rows[0].lstrip()) + 2
    return "\n".join([rows[0], f"{' ' * indent}version: {version}", *rows[1:]])


def read_text(path: Path) -> str:
    """Return the text of a rules file; where there is none, one without rules. Raises OSError, UnicodeDecodeError."""
    return path.read_text(encoding="utf-8") if path.exists() else EMPTY


def write_text(path: Path, text: str) -> None:
    """Put a whole file in place of the one before: who reads meanwhile sees one or the other. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
