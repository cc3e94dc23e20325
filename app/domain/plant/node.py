"""A plant file as read: nested values that remember where they stand, and the mistakes found in them."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file: text as written (None: nothing there), a list, or a mapping in file order.

    line: of the key, for a mapping's or list's own entry; 1-based. quoted: the text stood in quotes, so it is
    text whatever it looks like.
    """

    value: "str | list[Node] | dict[str, Node] | None"
    file: str
    line: int
    quoted: bool = False


class Mistake(NamedTuple):
    """One thing wrong: where (file, line, key path such as `sites[0].shifts[1].end`), what, and what is right."""

    file: str
    line: int
    key: str
    wrong: str
    right: str

    def __str__(self) -> str:
        """Return the mistake on one line, as editors and terminals link it."""
        return f"{self.file}:{self.line}: {self.key or 'file'}: {self.wrong}. Right: {self.right}"


class PlantFileErrors(ValueError):
    """The plant file has mistakes: all of them, by file and line."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes), key=lambda m: (m.file, m.line, m.key))
        super().__init__("\n".join(str(m) for m in self.mistakes))


def plain(node: Node) -> object:
    """Return the value as plain data: numbers, true/false and nothing where the unquoted text says so."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value if node.quoted or node.value is None else _scalar(node.value)


def _scalar(text: str) -> object:
    if text in {"true", "false"}:
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
