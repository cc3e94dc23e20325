"""Every word there is, in every language; every word that is asked for, there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.auth.guard import Invalid
from app.domain.accounting.buckets import BUCKETS
from app.domain.accounting.figures import FIGURES, LOSS, MEANS, TERMS
from app.domain.accounting.losses import Losses
from app.domain.roles import Role
from app.sitemap import PAGES
from app.text.details import detail
from app.text.translate import UnknownText, browser_texts, catalogue, choose, languages, t

ROOT = Path(__file__).parents[2]
FIELD = re.compile(r"\{(\w+)(?:!r)?\}")
KINDS = ("Forbidden", "NotFound", "Invalid", "Conflict", "Unavailable")


def test_english_and_german_are_complete() -> None:
    assert {"en", "de"} <= set(languages())
    assert set(catalogue("en")) == set(catalogue("de"))


@pytest.mark.parametrize("lang", languages())
def test_no_text_is_empty_and_every_language_fills_in_the_same_fields(lang: str) -> None:
    english = catalogue("en")
    for key, text in catalogue(lang).items():
        assert text.strip() or key.startswith("unit."), key
        assert sorted(FIELD.findall(text)) == sorted(FIELD.findall(english[key])), key


def asked_for() -> set[str]:
    """Keys given to t() as a literal anywhere in the rooms, and to L.t in the browser's code."""
    found: set[str] = set()
    sources = [path for room in ("layouts", "callbacks") for path in (ROOT / room).rglob("*.py")]
    for node in (n for path in sources for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "t"
            and isinstance(node.args[0], ast.Constant)
        ):
            found.add(str(node.args[0].value))
    for path in (ROOT / "assets" / "js").glob("*.js"):
        found |= set(re.findall(r'L\.t\("([\w.]+)"\)', path.read_text(encoding="utf-8")))
    for path in (ROOT / "app" / "web" / "templates").glob("*.html"):
        found |= set(re.findall(r't\("([\w.]+)"\)', path.read_text(encoding="utf-8")))
    return found


def test_every_word_asked_for_is_there() -> None:
    assert not asked_for() - set(catalogue("en"))


def refusals() -> Iterator[tuple[str, set[str]]]:
    """Every refusal of a command by its key, with the values it is raised with."""
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for key in (n.value for n in ast.walk(node) if isinstance(n, ast.Constant)):
                    if isinstance(key, str) and key.startswith("refused.") and getattr(node.func, "id", "") in KINDS:
                        yield key, {str(word.arg) for word in node.keywords}


def test_every_refusal_is_said_in_every_language_with_what_it_is_about() -> None:
    found = list(refusals())
    assert len(found) > 15
    for key, given in found:
        for lang in languages():
            assert set(FIELD.findall(catalogue(lang)[key])) <= given, key


def test_a_refusal_speaks_english_to_programs_and_the_persons_language_to_people() -> None:
    refused = Invalid("refused.units", most=10, units=11)
    assert str(refused) == "units: must be from 1 to 10, is 11"
    assert refused.words("de") == "Anzahl: muss zwischen 1 und 10 liegen, ist 11"
    assert Invalid("by='x': must be one of a, b").words("de") == "by='x': must be one of a, b"


def test_every_word_the_browser_writes_is_sent_to_it() -> None:
    for path in (ROOT / "assets" / "js").glob("*.js"):
        for key in re.findall(r'L\.t\("([\w.]+)"\)', path.read_text(encoding="utf-8")):
            assert key in browser_texts("en"), f"{path.name}: {key}"


def test_every_state_loss_role_and_page_has_its_word() -> None:
    words = set(catalogue("en"))
    assert {f"bucket.{b.key}" for b in BUCKETS} <= words
    assert {f"loss.{key}" for key in Losses._fields} <= words
    assert {f"bucket.{key}" for key in Losses._fields if key not in ("unknown", "good")} <= words
    assert {f"role.{role.value}" for role in Role} <= words
    assert {page.title for page in PAGES} <= words
    kinds = ("failed", "forbidden", "not_found", "conflict", "invalid", "unavailable")
    assert {f"problem.{kind}" for kind in kinds} <= words


def test_every_reason_for_a_missing_kpi_has_its_word() -> None:
    source = (ROOT / "app/domain/accounting/kpi.py").read_text(encoding="utf-8")
    why = source[source.index("def why_null") : source.index("def teep")]
    keys = set(re.findall(r'"(no_\w+|nothing_\w+)"', why))
    assert keys
    assert {f"why.{key}" for key in keys} <= set(catalogue("en"))


def test_an_unknown_word_is_our_mistake_and_named() -> None:
    with pytest.raises(UnknownText, match=r"no\.such\.key"):
        t("no.such.key")


@pytest.mark.parametrize(
    ("wanted", "accepted", "spoken"),
    [
        (["de", "en"], [], "de"),
        ([None, "en"], ["de"], "en"),
        ([None, None], ["fr-CH", "de-AT"], "de"),
        (["<script>", "../../etc"], [], "en"),
    ],
)
def test_the_link_beats_the_choice_and_the_choice_beats_the_browser(
    wanted: list[str | None], accepted: list[str], spoken: str
) -> None:
    assert choose(wanted, accepted) == spoken


def test_every_figure_that_opens_has_a_name_and_a_formula_in_words() -> None:
    named = {key if key.startswith(LOSS) else f"kpi.{key}" for key in FIGURES}
    terms = {term for key in FIGURES for term in TERMS[key]}
    known = set(catalogue("en"))
    assert named | {f"formula.{key}" for key in FIGURES} | {f"explain.method.{key}" for key in MEANS} <= known
    assert [term for term in terms if not {f"{part}.{term}" for part in ("term", "bucket", "kpi")} & known] == []


def found_by_the_engine() -> Iterator[str]:
    """Every sentence a finding is said in, as the code that finds it writes it, with X for its fields."""
    for path in [*(ROOT / "app" / "domain").rglob("*.py"), ROOT / "app" / "engine" / "owned.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            targets = {getattr(target, "id", "") for target in getattr(node, "targets", ())}
            is_said = name in ("Breach", "Remark", "find") or targets & {"detail", "GONE", "_UNKNOWN", "_FINDINGS"}
            if is_said or (isinstance(node, ast.keyword) and node.arg == "detail"):
                yield from written(node)


def written(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.sub(r"\{[^}]*\}", "X", node.value)
    else:
        for child in ast.iter_child_nodes(node):
            yield from written(child)


def test_every_sentence_of_a_finding_is_said_in_german_too() -> None:
    sentences = {text for text in found_by_the_engine() if re.search(r"[a-z]{2,} [a-z]{2,}|against", text)}
    assert len(sentences) > 18
    assert [text for text in sorted(sentences) if detail(text, "de") == text] == []


def test_a_finding_keeps_what_it_names_in_every_language() -> None:
    seen = "the clock of source plc-3 is 7.5 s behind the server's"
    assert detail(seen, "de") == "die Uhr der Quelle plc-3 geht 7.5 s nach"
    assert detail(seen, "en") == seen
    assert detail("a word of tomorrow", "de") == "a word of tomorrow"
