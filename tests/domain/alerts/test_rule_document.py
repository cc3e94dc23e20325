"""docs/rules.md is true: every key the reader takes is in it, required ones are missed, and no other is there."""

import re
from pathlib import Path

import pytest

from app.domain.alerts import rulekeys as keys
from app.domain.plant.node import PlantFileErrors
from tests.domain.alerts.ruling import KINDS, a_book, a_rule_of

DOCUMENT = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\*\*)?`(\w+)`(?:\*\*)? \| (.*) \| (.*?) ?\|$", re.MULTILINE)
EITHER = {"above", "below"}


def rows(place: str) -> list[tuple[str, str]]:
    """Return required mark and key of a place's table."""
    sections = re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)
    text = next(s for s in sections if s.splitlines()[0].lower() == place)
    return [(mark, key) for mark, key, _, _ in ROW.findall(text)]


@pytest.mark.parametrize("place", keys.PLACES)
def test_every_key_of_a_place_is_in_the_document_and_the_reverse(place: str) -> None:
    assert sorted(key for _, key in rows(place)) == sorted(keys.PLACES[place])


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_the_document_calls_required_is_missed_and_no_other(tmp_path, kind: str) -> None:
    for mark, key in [*rows("rule"), *rows(f"kind {kind}")]:
        said = a_rule_of(kind, **{key: None})
        if mark:
            with pytest.raises(PlantFileErrors) as caught:
                a_book(tmp_path, said)
            assert any(m.key == f"rules[0].{key}" and "missing" in m.wrong for m in caught.value.mistakes), key
        elif key not in EITHER:
            assert a_book(tmp_path, said).rules


def test_the_required_keys_of_playbooks_and_steps_of_an_escalation_are_missed(tmp_path) -> None:
    empty = {"playbooks": [{"gain": {"en": "x"}}, {"steps": [{"who": "operator"}]}]}
    with pytest.raises(PlantFileErrors) as caught:
        a_book(tmp_path, a_rule_of("andon", escalation=[{}]), **empty)
    said = {m.key.rpartition(".")[2] for m in caught.value.mistakes}
    required = {key for place in ("playbook", "step", "escalation step") for mark, key in rows(place) if mark}
    assert required <= said


def test_the_document_names_every_figure_and_placeholder() -> None:
    assert all(f"`{figure}`" in DOCUMENT for figure in keys.FIGURES)
    assert all(f"`{{{name}}}`" in DOCUMENT for name in keys.PLACEHOLDERS)
