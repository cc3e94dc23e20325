"""Reading one mapping of the plant file key by key: every accessor notes its mistake and goes on."""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import TypeVar

from app.domain.plant.node import Mistake, Node

T = TypeVar("T")
MIN_STEM = 3


class Notes:
    """The mistakes found so far."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def add(self, node: Node, key: str, wrong: str, right: str) -> None:
        """Note a mistake at a node."""
        self.mistakes.append(Mistake(node.file, node.line, key, wrong, right))


class Form:
    """A mapping of the file with the keys that may stand in it.

    A key that may not is a mistake; a value that is no mapping reads as an empty one. path: key path so far.
    """

    def __init__(self, node: Node, path: str, notes: Notes, allowed: Iterable[str] | None = None) -> None:
        self.node, self.path, self.notes = node, path, notes
        self.children: dict[str, Node] = {}
        if isinstance(node.value, dict):
            self.children = dict(node.value)
        elif node.value is not None:
            notes.add(node, path, f"{_shown(node)} is not a mapping", "`key: value` lines")
        if allowed is not None:
            self._refuse_unknown(sorted(allowed))

    def _refuse_unknown(self, allowed: list[str]) -> None:
        for key in [key for key in self.children if key not in allowed]:
            child = self.children.pop(key)
            self.notes.add(child, self.at(key), f"unknown key `{key}`", suggestion(key, allowed))

    def __contains__(self, key: str) -> bool:
        return key in self.children

    def at(self, key: str) -> str:
        """Return the key path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, wrong: str, right: str) -> None:
        """Note a mistake at a key, or at the mapping when the key is missing."""
        self.notes.add(self.children.get(key, self.node), self.at(key), wrong, right)

    def text(self, key: str) -> str | None:
        """Return the text of a key; None when it is missing, empty or no text."""
        node = self.children.get(key)
        if node is None or node.value is None:
            return None
        if isinstance(node.value, str):
            return node.value
        self.wrong(key, f"{_shown(node)} is not a single value", "one value")
        return None

    def needed(self, key: str, right: str) -> str:
        """Return the text of a key that must be there; `` when it is not."""
        node = self.children.get(key)
        if node is None or node.value is None:
            self.wrong(key, f"`{key}` is missing", right)
            return ""
        return self.text(key) or ""

    def parsed(self, key: str, parse: Callable[[str], T], default: T) -> T:
        """Return the value of a key through `parse`, whose ValueError says what is wrong: `wrong; right`."""
        text = self.text(key)
        if text is None:
            return default
        return self.attempt(key, text, parse, default)

    def attempt(self, key: str, text: str, parse: Callable[[str], T], default: T) -> T:
        """Return `parse(text)`, or note its ValueError at the key and return the default."""
        try:
            return parse(text)
        except ValueError as e:
            wrong, _, right = str(e).partition("; ")
            if not right and " is not " in wrong:
                right = wrong.partition(" is not ")[2]
            self.wrong(key, wrong, right)
            return default

    def boolean(self, key: str) -> bool:
        """Return true or false; false when missing."""
        return self.parsed(key, yes_or_no, default=False)

    def forms(self, key: str, allowed: Iterable[str] | None) -> Iterator["Form"]:
        """Yield every mapping of a list; `allowed` None: any key may stand in it."""
        for path, node in self.items(key):
            if node.value is None:
                self.notes.add(node, path, "an empty list entry", "a mapping, or no entry")
            else:
                yield Form(node, path, self.notes, allowed)

    def form(self, key: str, allowed: Iterable[str] | None = None) -> "Form":
        """Return the mapping under a key; an empty one when missing."""
        node = self.children.get(key, Node(None, self.node.file, self.node.line))
        return Form(node, self.at(key), self.notes, allowed)

    def items(self, key: str) -> Iterator[tuple[str, Node]]:
        """Yield path and node of every entry of a list; none when missing."""
        node = self.children.get(key)
        if node is None or node.value is None:
            return
        if isinstance(node.value, list):
            yield from ((f"{self.at(key)}[{at}]", child) for at, child in enumerate(node.value))
        else:
            self.wrong(key, f"{_shown(node)} is not a list", "a list: `- ...` lines or `[a, b]`")

    def words(self, key: str) -> list[tuple[str, Node]]:
        """Return the texts of a list with their nodes."""
        found = []
        for path, node in self.items(key):
            if isinstance(node.value, str):
                found.append((node.value, node))
            else:
                self.notes.add(node, path, f"{_shown(node)} is not a single value", "one word")
        return found


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """Return the nearest allowed word and all of them (the first twenty-five)."""
    known = list(dict.fromkeys(allowed))
    if not known:
        return "nothing is declared here yet"
    begun = sorted((k for k in known if len(k) >= MIN_STEM and word.startswith(k)), key=len, reverse=True)
    close = get_close_matches(word, known, n=1, cutoff=0.8) or begun or get_close_matches(word, known, n=1)
    listed = ", ".join(known[:25]) + (f", ... ({len(known)} in all)" if len(known) > 25 else "")
    return f"did you mean `{close[0]}`? One of: {listed}" if close else f"one of: {listed}"


def yes_or_no(text: str) -> bool:
    """Return true or false from the word."""
    if text in {"true", "false"}:
        return text == "true"
    raise ValueError(f"`{text}` is not true or false")


def fraction_of_one(text: str) -> float:
    """Return a fraction above 0 and up to 1."""
    value = number(text)
    if not 0 < value <= 1:
        raise ValueError(f"`{text}` is not between 0 and 1; a fraction such as 0.75")
    return value


def number(text: str) -> float:
    """Return a finite number."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise ValueError(f"`{text}` is not a number such as 60 or 0.5")
    return value


def _shown(node: Node) -> str:
    if isinstance(node.value, list):
        return "a list"
    return "a mapping" if isinstance(node.value, dict) else f"`{node.value}`"
