"""Documents are true: what is named in code is named in docs/, and the reverse."""

import doctest
import importlib
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import app
from app.domain.accounting import kpi
from app.domain.accounting.buckets import BUCKETS
from app.domain.events import contract
from app.settings import ENVIRONMENT, Settings
from app.sitemap import MENU, PAGES

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NOT_KPIS = {"why_null", "ms_of_ns", "kpi_row"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def first_column(document: str, heading: str) -> set[str]:
    """The code words in the first column of the table under the header row that begins with `heading`."""
    rows = text(document).split(f"| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()
    return {word for row in rows if row.startswith("| `") for word in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_every_setting_is_documented_with_its_key_and_nothing_else_is() -> None:
    assert first_column("docs/operations.md", "variable") == set(ENVIRONMENT) | {"LINESIDE_CONFIG"}
    for name, field in ENVIRONMENT.items():
        assert f"| `{name}` | `{field}` |" in text("docs/operations.md")
        assert field in Settings.__struct_fields__


def test_every_variable_named_anywhere_in_the_documents_exists() -> None:
    for path in DOCS:
        named = set(re.findall(r"\bLINESIDE_[A-Z_]+\b", path.read_text(encoding="utf-8")))
        assert named <= set(ENVIRONMENT) | {"LINESIDE_CONFIG"}, path


def test_the_nine_buckets_are_documented_and_no_other() -> None:
    assert first_column("docs/DOMAIN.md", "bucket") == {bucket.key for bucket in BUCKETS}


def test_every_kpi_is_documented_and_no_other() -> None:
    public = {name for name, it in vars(kpi).items() if callable(it) and getattr(it, "__module__", "") == kpi.__name__}
    public = {name for name in public if name.islower() and not name.startswith("_")} - NOT_KPIS
    assert first_column("docs/DOMAIN.md", "name") == public


def test_every_event_kind_is_documented_with_its_fields_and_no_other() -> None:
    kinds = {k.__struct_config__.tag: k for k in contract.Envelope.__subclasses__()}
    assert first_column("docs/api.md", "kind") == set(kinds)
    common = set(contract.Envelope.__struct_fields__)
    for row in text("docs/api.md").splitlines():
        match = re.match(r"\| `(\w+)` \|[^|]*\|([^|]*)\|", row)
        if match and match[1] in kinds:
            kind = kinds[match[1]]
            assert set(re.findall(r"`(\w+)`", match[2])) == set(kind.__struct_encode_fields__) - common, match[1]


def commands() -> dict[str, set[str]]:
    """Every verb, with the verbs of its group."""
    return {name: set(getattr(command, "commands", {})) for name, command in get_command(app).commands.items()}


def test_every_command_is_documented() -> None:
    said = text("docs/operations.md")
    for name in commands():
        assert re.search(rf"python -m app {name}\b|`{name}`|app {name}\b", said), name


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_and_link_in_a_document_exists(path: Path) -> None:
    said = path.read_text(encoding="utf-8")
    known = commands()
    for name, sub in re.findall(r"python -m app (\w+)(?: (\w+))?", said):
        assert name in known, f"python -m app {name}"
        assert not known[name] or not sub or sub in known[name], f"python -m app {name} {sub}"
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", said):
        assert (path.parent / target).exists(), target


def test_every_target_of_make_named_in_a_document_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.M))
    for path in DOCS:
        for line in re.findall(r"`make ([a-z]+)`", path.read_text(encoding="utf-8")):
            assert shlex.split(line)[0] in targets, f"{path}: make {line}"


EXAMPLES = sorted([*(ROOT / "app/domain").rglob("*.py"), ROOT / "layouts/ids.py", ROOT / "app/web/config.py"])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_examples_in_docstrings_come_out(path: Path) -> None:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert doctest.testmod(module).failed == 0


def test_every_page_of_the_menu_stands_in_one_group() -> None:
    grouped = [key for _, keys in MENU for key in keys]
    assert len(grouped) == len(set(grouped))
    assert {page.key for page in PAGES if page.in_menu} <= set(grouped)
