"""Reading plant files from disk: safe, with positions, merged; the shipped ones are good."""

from copy import deepcopy
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.interval import DAY_MS, HOUR_MS
from app.domain.plant.node import Mistake, PlantFileErrors
from app.domain.plant.review import warnings
from app.plantyaml import load_plant, parse_plant
from tests.makers import a_plant, plant_from, utc_ms

PLANTS = Path(__file__).parents[3] / "plants"


def mistakes_of(text: str) -> str:
    with pytest.raises(PlantFileErrors) as caught:
        parse_plant(text, "p.yaml")
    return str(caught.value)


def test_the_minimal_plant_is_thirty_lines_and_good() -> None:
    file = PLANTS / "minimal.yaml"
    plant = load_plant(file)
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 30
    assert [len(line.machines) for line in plant.lines()] == [2]
    assert warnings(plant) == []


def test_the_demo_plant_is_what_the_product_promises() -> None:
    plant = load_plant(PLANTS / "demo.yaml")
    lines = list(plant.lines())
    assert (len(plant.sites), len(list(plant.areas())), len(lines), len(plant.products)) == (1, 2, 6, 8)
    assert sum(len(line.machines) for line in lines) == 40
    assert {len(line.calendar.patterns) for line in lines} == {3}
    assert 6 <= sum(len(r.path) == 1 for r in plant.reasons.by_id.values()) <= 8
    assert 10 <= len(plant.reasons.leaves()) <= 22
    assert all(signal.owner for line in lines for m in line.machines for signal in m.signals.values())
    assert warnings(plant) == []


def test_something_runs_in_the_demo_plant_at_any_moment_of_a_year() -> None:
    lines = list(load_plant(PLANTS / "demo.yaml").lines())
    start = utc_ms("2026-11-01")
    for t in range(start, start + 365 * DAY_MS, 4 * HOUR_MS):
        assert any(line.calendar.at(t) for line in lines)


def test_the_constraint_is_the_slowest_machine_of_its_line() -> None:
    plant = load_plant(PLANTS / "demo.yaml")
    for line in plant.lines():
        for product in plant.products:
            slowest = plant.rates.rate(line.constraint, product, 0)
            others = [plant.rates.rate(m.path, product, 0) for m in line.machines]
            assert slowest is None or all(other and other.cycle_ns <= slowest.cycle_ns for other in others)


def test_files_of_a_folder_are_one_plant(tmp_path: Path) -> None:
    whole = (PLANTS / "minimal.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(whole, encoding="utf-8")
    second = """\
        sites:
          - id: home
            areas:
              - {id: hall, lines: [{id: line-2, machines: [{id: mixer, template: machine, cycle: 9s}]}]}
        products: {milk: {}}
        reasons: [{id: weather}]
        """
    (tmp_path / "b.yml").write_text(dedent(second), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no plant", encoding="utf-8")
    plant = load_plant(tmp_path)
    assert [line.path for line in plant.lines()] == ["home/hall/line-1", "home/hall/line-2"]
    assert list(plant.products) == ["water", "milk"]
    assert "weather" in plant.reasons.by_id


def test_files_that_contradict_are_told_both_places(tmp_path: Path) -> None:
    whole = (PLANTS / "minimal.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(whole, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("enterprise: Other\nprofil: vorne\n", encoding="utf-8")
    with pytest.raises(PlantFileErrors) as caught:
        load_plant(tmp_path)
    assert f"{tmp_path / 'b.yaml'}:1: enterprise: differs from {tmp_path / 'a.yaml'}:2" in str(caught.value)
    assert f"{tmp_path / 'b.yaml'}:2: profil: unknown key" in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"enterprise: M\xfcller")
    for path, says in ((tmp_path / "no.yaml", "No such file"), (tmp_path / "latin.yaml", "not UTF-8")):
        with pytest.raises(PlantFileErrors, match=says):
            load_plant(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(PlantFileErrors, match="no plant file in this folder"):
        load_plant(tmp_path / "empty")


BOMB = "a: &a [x, x]\n" + "\n".join(f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "p.yaml:1: file: an anchor or alias"),
        ("a: " + "[" * 2_000 + "]" * 2_000, "levels"),
        ("a: [" + "1," * 210_000 + "]", "values"),
        ("a: !!python/object/apply:os.system [ls]", "a tag"),
        ("<<: {a: 1}", "unknown key `<<`"),
        ("{a: 1", "not YAML"),
        ("a: 1\n\tb: 2", "p.yaml:2"),
        ("a: 1\n---\na: 2", "a second document"),
        ("? [a]\n: b", "no single word"),
        ("a: \x00", "not YAML"),
        ("", "p.yaml:1: enterprise: `enterprise` is missing"),
    ],
    ids=["aliases", "depth", "size", "tag", "merge-key", "open", "tab", "documents", "complex-key", "nul", "empty"],
)
def test_hostile_or_broken_yaml_is_refused_with_a_line(text: str, says: str) -> None:
    assert says in mistakes_of(text)


def test_a_key_that_is_there_twice_is_told_both_lines() -> None:
    assert "p.yaml:3: a: `a` stands here twice (first on line 1)" in mistakes_of("a: 1\nb: 2\na: 3")


def test_words_and_times_that_yaml_reads_as_something_else_stay_what_was_written() -> None:
    shift = {"name": "on", "start": "22:00", "end": "06:00", "days": ["mon"]}
    assert a_plant(line={"shifts": [shift]}).line("site/area/line-1").calendar.patterns[0].name == "on"
    text = (PLANTS / "minimal.yaml").read_text(encoding="utf-8")
    unquoted = text.replace('"06:00"', "06:00").replace('"22:00"', "22:00").replace('"14:00"', "14:00")
    assert parse_plant(unquoted).sites == parse_plant(text).sites
    norway = text.replace("{water:", "{no:").replace("  water:", "  no:")
    assert list(parse_plant(norway).products) == ["no"]


MINIMAL = (PLANTS / "minimal.yaml").read_text(encoding="utf-8")
JUNK: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text("aZ09:-/*> .%", max_size=8),
    st.sampled_from(
        [[], {}, [[]], [None], {"id": None}, "24:00", "0001-01-01", "9999-12-31", "1/0", ">", "*>*", "1e9"]
    ),
)


def places_of(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Return the path of every value below."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in pairs for found in places_of(child, (*path, key)))]


PLACES = places_of(yaml.load(MINIMAL, Loader=yaml.BaseLoader))[1:]


@settings(max_examples=60, deadline=None)
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=6))
def test_whatever_stands_in_a_file_it_is_a_plant_or_named_mistakes(
    changes: list[tuple[tuple[str, ...], object]],
) -> None:
    file = yaml.load(MINIMAL, Loader=yaml.BaseLoader)
    for (*above, last), junk in changes:
        at = file
        try:
            for key in above:
                at = at[key]
            at[last] = deepcopy(junk)
        except (KeyError, IndexError, TypeError):
            continue
    found: list[Mistake] = []
    try:
        plant_from(file)
    except PlantFileErrors as e:
        found = e.mistakes
    assert all(m.key and m.wrong and m.right for m in found)
