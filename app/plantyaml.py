"""Plant files from disk: one YAML file or a folder of them, read safely with positions, and merged."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from app.domain.plant.changes import Change, changes
from app.domain.plant.equipment import Plant
from app.domain.plant.node import Mistake, Node, PlantFileErrors
from app.domain.plant.plantfile import plant_of

MAX_BYTES = 5_000_000
MAX_NODES = 200_000
MAX_DEPTH = 30
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NULLS = {"", "~", "null"}
RULES = "rules.yaml"
"""In a folder of plant files, the one that is none: rules and playbooks (app.ruleyaml)."""


class _Refused(Exception):
    """The file cannot be read on; carries the mistake."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def load_plant(path: Path) -> Plant:
    """Return the plant of a YAML file, or of all `*.yaml` and `*.yml` files of a folder, merged by id.

    Raises PlantFileErrors with every mistake of every file, also when a file is missing or no YAML.
    """
    return _plant([(file, str(file)) for file in _files(path)])


def parse_plant(text: str, file: str = "plant.yaml") -> Plant:
    """Return the plant of one YAML text; `file` names it in mistakes. Raises PlantFileErrors."""
    return _plant([(text, file)])


def parse_with(path: Path, text: str, file: str) -> Plant:
    """Return the plant of a file or folder merged with one more text, named `file` in mistakes.

    Raises PlantFileErrors with every mistake of all of them.
    """
    return _plant([*((found, str(found)) for found in _files(path)), (text, file)])


def plant_texts(path: Path) -> dict[str, str]:
    """Return the texts of a plant file or folder by file name. Raises PlantFileErrors."""
    try:
        return {file.name: _text(file) for file in _files(path)}
    except _Refused as refused:
        raise PlantFileErrors([refused.mistake]) from refused


def plant_nodes(path: Path) -> list[Node]:
    """Return what each file of a plant says, with the place of every value. Raises PlantFileErrors."""
    mistakes: list[Mistake] = []
    try:
        return [_node_of(_text(file), str(file), mistakes) for file in _files(path)]
    except _Refused as refused:
        raise PlantFileErrors([*mistakes, refused.mistake]) from refused


def yaml_node(path: Path) -> tuple[Node, list[Mistake]]:
    """Return what one YAML file says, read as safely as a plant file, and the keys that stand in it twice.

    Raises PlantFileErrors when it cannot be read.
    """
    mistakes: list[Mistake] = []
    try:
        return _node_of(_text(path), str(path), mistakes), mistakes
    except _Refused as refused:
        raise PlantFileErrors([*mistakes, refused.mistake]) from refused


def text_node(text: str, file: str) -> tuple[Node, list[Mistake]]:
    """Return what one YAML text says, as `yaml_node`; `file` names it in mistakes. Raises PlantFileErrors."""
    mistakes: list[Mistake] = []
    if len(text.encode()) > MAX_BYTES:
        raise PlantFileErrors([_limit(file, 1, f"larger than {MAX_BYTES} bytes")])
    try:
        return _node_of(text, file, mistakes), mistakes
    except _Refused as refused:
        raise PlantFileErrors([*mistakes, refused.mistake]) from refused


def plant_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Return what differs between two plants, given as texts of valid files."""
    old, new = ([yaml.load(text, Loader=LOADER) for text in texts.values()] for texts in (before, after))  # noqa: S506
    return changes(old, new)


def _plant(sources: list[tuple[Path | str, str]]) -> Plant:
    mistakes: list[Mistake] = []
    roots: list[Node] = []
    unread = False
    for source, name in sources:
        try:
            text = _text(source) if isinstance(source, Path) else source
            roots.append(_node_of(text, name, mistakes))
        except _Refused as e:
            mistakes.append(e.mistake)
            unread = True
    if unread:
        raise PlantFileErrors(mistakes)
    return plant_of(roots, mistakes)


def _files(path: Path) -> list[Path]:
    files = [path]
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix in {".yaml", ".yml"} and p.name != RULES)
    if not files:
        raise PlantFileErrors([Mistake(str(path), 1, "", "no plant file in this folder", "a file plant.yaml")])
    return files


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise _Refused(_limit(str(file), 1, f"larger than {MAX_BYTES} bytes"))
        return file.read_text(encoding="utf-8")
    except OSError as e:
        wrong = e.strerror or "cannot be read"
        raise _Refused(Mistake(str(file), 1, "", wrong, "the path of a plant file or folder")) from e
    except UnicodeDecodeError as e:
        raise _Refused(Mistake(str(file), 1, "", "not UTF-8 text", "save the file as UTF-8")) from e


def _limit(file: str, line: int, wrong: str) -> Mistake:
    return Mistake(file, line, "", wrong, "a smaller file, or a folder of files")


def _node_of(text: str, file: str, mistakes: list[Mistake]) -> Node:
    try:
        return _Composer(text, file, mistakes).document()
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        wrong = "not YAML: " + " ".join(part for part in (e.problem, e.context) if part)
        line = mark.line + 1 if mark else 1
        raise _Refused(Mistake(file, line, "", wrong, "check indentation, colons and quotes")) from e
    except yaml.YAMLError as e:
        wrong = "not YAML: " + str(e).splitlines()[0]
        raise _Refused(Mistake(file, 1, "", wrong, "plain text without control characters")) from e


class _Composer:
    """Builds nodes from the parser's events: no tags, anchors or aliases, so nothing can grow or run.

    mistakes: those that do not stop the reading (a key twice) are added here.
    """

    def __init__(self, text: str, file: str, mistakes: list[Mistake]) -> None:
        self.events = yaml.parse(text, Loader=LOADER)
        self.file = file
        self.mistakes = mistakes
        self.nodes = 0

    def document(self) -> Node:
        """Return the only document of the file."""
        event = next(self.events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return Node(None, self.file, 1)
        root = self._node(event, 1, 0)
        next(self.events)
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._refused(after, "a second document in one file", "one document a file, without `---`")
        return root

    def _node(self, event: yaml.Event, line: int, depth: int) -> Node:
        self._check(event, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(self._mapping(depth), self.file, line)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                items.append(self._node(item, _line(item), depth + 1))
            return Node(items, self.file, line)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refused(event, "no value", "plain YAML")
        quoted = event.style not in {None, ""}
        value = None if not quoted and event.value in NULLS else event.value
        return Node(value, self.file, _line(event), quoted)

    def _mapping(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refused(event, "a key that is no single word", "`key: value`")
            self._check(event, depth)
            node = self._node(next(self.events), _line(event), depth + 1)
            first = entries.setdefault(event.value, node)
            if first is not node:
                wrong = f"`{event.value}` stands here twice (first on line {first.line})"
                self.mistakes.append(self._refused(event, wrong, "keep one of them", event.value).mistake)
        return entries

    def _check(self, event: yaml.Event, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            wrong = f"more than {MAX_NODES} values or {MAX_DEPTH} levels"
            raise _Refused(_limit(self.file, _line(event), wrong))
        if getattr(event, "anchor", None) is not None:
            raise self._refused(event, "an anchor or alias (`&`, `*`)", "write it out, or use `templates`")
        if (tag := getattr(event, "tag", None)) not in {None, "!"}:
            raise self._refused(event, f"a tag `{tag}`", "plain values; quote a text that begins with `!`")

    def _refused(self, event: yaml.Event, wrong: str, right: str, key: str = "") -> _Refused:
        return _Refused(Mistake(self.file, _line(event), key, wrong, right))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
