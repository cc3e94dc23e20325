"""A rules file is read, or every mistake in it is said: where, what, and what would be right."""

import json
from pathlib import Path

import pytest

from app.domain.alerts.condition import faults
from app.domain.alerts.place import places_of
from app.domain.alerts.rule import SignalBeyond
from app.domain.plant.node import PlantFileErrors
from app.domain.roles import PEOPLE
from app.plantyaml import load_plant
from app.ruleyaml import load_rules, plant_path, rules_beside, rules_path
from tests.domain.alerts.ruling import KINDS, LINE, M1, M2, PLANT, a_book, a_rule_of

ROOT = Path(__file__).parents[3]
BOOK = {
    "id": "p",
    "author": "ada",
    "title": {"en": "T"},
    "steps": [{"text": {"en": "Do", "de": "Tun"}, "who": "operator"}],
    "gain": {"en": "much"},
}


def mistakes(tmp_path: Path, *rules: dict[str, object], **file: object) -> list[tuple[str, str]]:
    """Return key path and what is wrong of every mistake."""
    with pytest.raises(PlantFileErrors) as caught:
        a_book(tmp_path, *rules, **file)
    assert all(m.line > 0 and m.right and m.file.endswith("plant.rules.yaml") for m in caught.value.mistakes)
    return [(m.key, m.wrong) for m in caught.value.mistakes]


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_rule_of_every_kind_is_read_and_may_be_enabled(tmp_path, kind) -> None:
    rule = a_book(tmp_path, a_rule_of(kind)).rules["r"]
    assert (rule.kind, rule.version, rule.author, rule.enabled) == (kind, 1, "ada", True)
    assert faults(rule.alert, frozenset(role.value for role in PEOPLE)) == []


def test_everything_a_rule_may_say_is_kept(tmp_path) -> None:
    said = a_rule_of(
        "signal",
        version=3,
        since="2026-11-01",
        where="m1",
        on_delay="1min",
        off_delay="2min",
        suppressed_in=["setup"],
        escalation=[{"after": "10min", "who": "supervisor", "channel": "mail"}],
        playbook="p",
        horizon="2h",
        floor=0.5,
        foresees=["jam"],
        running=False,
    )
    book = a_book(tmp_path, said, playbooks=[BOOK])
    rule, alert = book.rules["r"], book.rules["r"].alert
    assert rule.watch == SignalBeyond("vibration", 10.0, None, 300_000, 1.0, running=False)
    assert (rule.where, rule.since, rule.predicts, rule.foresees) == (M1, "2026-11-01", True, ("jam",))
    assert (alert.on_delay_ms, alert.off_delay_ms, alert.horizon_ms, alert.floor) == (60_000, 120_000, 7_200_000, 0.5)
    assert [(s.after_ms, s.who, s.channel) for s in alert.escalation] == [(600_000, "supervisor", "mail")]
    assert book.steps("p")[0].fields == {"en": "Do", "de": "Tun"}
    assert book.steps("q") == book.steps(None) == ()
    assert list(book.alerts()) == ["r"]


def test_a_file_without_rules_is_right(tmp_path) -> None:
    assert a_book(tmp_path).rules == {}


ODD = {"after": "1min", "who": "boss", "channel": "smoke"}
WRONG = [
    ("state", {"title": None}, "rules[0].title", "`title` is missing"),
    ("state", {"title": {"de": "Nur"}}, "rules[0].title.en", "`title` has no words in English"),
    ("state", {"title": {"en": "x", "fr": "y"}}, "rules[0].title.fr", "unknown key `fr`"),
    ("state", {"title": {"en": "x" * 401}}, "rules[0].title.en", "401 characters"),
    ("state", {"title": "Only"}, "rules[0].title", "`Only` is not a mapping"),
    ("state", {"title": {"en": "{value}"}}, "rules[0].title.en", "`{value}` stands for nothing here"),
    ("state", {"why": {"en": "{valu}"}}, "rules[0].why.en", "`{valu}` stands for nothing here"),
    ("state", {"author": None}, "rules[0].author", "`author` is missing"),
    ("state", {"consequence": None}, "rules[0].consequence", "`consequence` is missing"),
    ("state", {"response": None}, "rules[0].response", "`response` is missing"),
    ("state", {"owner": "boss"}, "rules[0].owner", "`boss` is not known"),
    ("state", {"owner": "display"}, "rules[0].owner", "`display` is not known"),
    ("state", {"priority": "urgent"}, "rules[0].priority", "`urgent` is not known"),
    ("state", {"on_delay": None}, "rules[0].on_delay", "`on_delay` is missing"),
    ("state", {"off_delay": "25h"}, "rules[0].off_delay", "`25h` is too long"),
    ("state", {"on_delay": "soon"}, "rules[0].on_delay", "`soon` is not a duration"),
    ("state", {"id": "a b"}, "rules[0].id", "`a b` is no id"),
    ("state", {"kind": "feeling"}, "rules[0].kind", "`feeling` is not known"),
    ("state", {"kind": None}, "rules[0].kind", "`kind` is missing"),
    ("state", {"version": 0}, "rules[0].version", "`0` is not a whole number from 1 to 999999"),
    ("state", {"since": "soon"}, "rules[0].since", "`soon`"),
    ("state", {"enabled": "maybe"}, "rules[0].enabled", "`maybe` is not true or false"),
    ("state", {"suppressed_in": ["lunch"]}, "rules[0].suppressed_in", "`lunch` is not known"),
    ("state", {"playbook": "q"}, "rules[0].playbook", "unknown playbook `q`"),
    ("state", {"floor": 30}, "rules[0].floor", "`30` is not between 0 and 1"),
    ("state", {"horizon": "30h"}, "rules[0].horizon", "`30h` is too long"),
    ("state", {"foresees": ["technical"]}, "rules[0].foresees", "`technical` is not known"),
    ("state", {"where": "line-9"}, "rules[0].where", "unknown equipment `line-9`"),
    ("state", {"template": "robot"}, "rules[0].template", "no machine is made from a template `robot`"),
    ("state", {"states": None}, "rules[0].states", "`states` is missing"),
    ("state", {"states": ["broken"]}, "rules[0].states", "`broken` is not known"),
    ("state", {"for": None}, "rules[0].for", "`for` is missing"),
    ("state", {"for": "25h"}, "rules[0].for", "`25h` is out of bounds"),
    ("state", {"reasons": ["mood"]}, "rules[0].reasons", "`mood` is not known"),
    ("state", {"count": 3}, "rules[0].count", "unknown key `count`"),
    ("stops", {"count": None}, "rules[0].count", "`count` is missing"),
    ("stops", {"count": "many"}, "rules[0].count", "`many` is not a whole number"),
    ("stops", {"within": None}, "rules[0].within", "`within` is missing"),
    ("signal", {"signal": "mood"}, "rules[0].signal", "no machine meant here has a process value `mood`"),
    ("signal", {"signal": "good"}, "rules[0].signal", "no machine meant here has a process value `good`"),
    ("signal", {"below": 1}, "rules[0].above", "both `above` and `below`"),
    ("signal", {"above": None}, "rules[0].above", "neither `above` nor `below`"),
    ("signal", {"above": "high"}, "rules[0].above", "`high`"),
    ("signal", {"above": "nan"}, "rules[0].above", "`nan`"),
    ("signal", {"deadband": -1}, "rules[0].deadband", "below zero"),
    ("trend", {"over": "5min"}, "rules[0].over", "`5min` is out of bounds"),
    ("trend", {"deadband": 1}, "rules[0].deadband", "unknown key `deadband`"),
    ("kpi", {"figure": "mood"}, "rules[0].figure", "`mood` is not known"),
    ("kpi", {"below": 50}, "rules[0].below", "`50` is not between 0 and 1"),
    ("kpi", {"figure": "lost_ms"}, "rules[0].below", "`0.5` is not a duration"),
    ("kpi", {"coverage": 90}, "rules[0].coverage", "`90` is not between 0 and 1"),
    ("scrap", {"over": "90min"}, "rules[0].over", "`90min` is not in full hours"),
    ("scrap", {"above": None}, "rules[0].above", "`above` is missing"),
    ("andon", {"for": "x"}, "rules[0].for", "`x` is not a duration"),
    ("suggestion", {"flow": "music"}, "rules[0].flow", "`music` is not known"),
    ("suggestion", {"confidence": None}, "rules[0].confidence", "`confidence` is missing"),
    ("andon", {"escalation": [ODD]}, "rules[0].escalation[0].who", "`boss` is not known"),
    ("andon", {"escalation": [ODD]}, "rules[0].escalation[0].channel", "`smoke` is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "keys", "at", "wrong"), WRONG)
def test_a_wrong_rule_is_said_at_its_key(tmp_path, kind, keys, at, wrong) -> None:
    found = mistakes(tmp_path, a_rule_of(kind, **keys))
    assert any(key == at and said.startswith(wrong) for key, said in found), found


@pytest.mark.parametrize(
    ("keys", "at", "wrong"),
    [
        ({"steps": []}, "playbooks[0].steps", "a playbook without steps"),
        ({"author": None}, "playbooks[0].author", "`author` is missing"),
        ({"steps": [{"who": "operator"}]}, "playbooks[0].steps[0].text", "`text` is missing"),
        ({"steps": [{"text": {"en": "x"}, "who": "boss"}]}, "playbooks[0].steps[0].who", "`boss` is not known"),
        ({"cost": 1}, "playbooks[0].cost", "unknown key `cost`"),
    ],
)
def test_a_wrong_playbook_is_said_at_its_key(tmp_path, keys, at, wrong) -> None:
    assert (at, wrong) in mistakes(tmp_path, playbooks=[{**BOOK, **keys}])


def test_all_mistakes_are_said_at_once_in_the_order_of_the_file(tmp_path) -> None:
    wrong = [a_rule_of("state", id="x", owner="boss"), a_rule_of("kpi", id="x", oops=1)]
    found = mistakes(tmp_path, *wrong, version=2, extra=1)
    assert [key for key, _ in found] == ["version", "rules[0].owner", "rules[1].id", "rules[1].oops", "extra"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("version: 1\nversion: 1\n", "stands here twice"),
        ("version: &a 1\nrules: [*a]\n", "an anchor or alias"),
        ("version: !!python/object:os.system 1\n", "a tag"),
        ("version: 1\nrules: " + "[" * 60 + "]" * 60, "levels"),
        ("version: 1\n---\nversion: 1\n", "a second document"),
        ("version: 1\nrules: {a: b}\n", "a mapping is not a list"),
        ("version: [", "not YAML"),
    ],
)
def test_what_could_run_or_grow_is_refused_as_in_a_plant_file(tmp_path, text, wrong) -> None:
    path = tmp_path / "x.rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlantFileErrors) as caught:
        load_rules(path, PLANT)
    assert wrong in str(caught.value)


def test_rules_lie_beside_the_plant_file_or_in_its_folder_where_they_are_no_plant(tmp_path) -> None:
    assert rules_path(Path("plants/demo.yaml")) == Path("plants/demo.rules.yaml")
    assert plant_path(Path("plants/demo.rules.yaml")) == Path("plants/demo.yaml")
    (tmp_path / "plant.yaml").write_text((ROOT / "plants" / "minimal.yaml").read_text(encoding="utf-8"))
    assert rules_beside(tmp_path, load_plant(tmp_path)).rules == {}
    (tmp_path / "rules.yaml").write_text(json.dumps({"version": 1, "rules": [a_rule_of("andon")]}))
    assert rules_path(tmp_path) == tmp_path / "rules.yaml"
    assert plant_path(tmp_path / "rules.yaml") == tmp_path
    assert list(rules_beside(tmp_path, load_plant(tmp_path)).rules) == ["r"]


@pytest.mark.parametrize(
    ("kind", "keys", "paths"),
    [
        ("state", {}, [M1, M2]),
        ("state", {"where": "m2"}, [M2]),
        ("state", {"where": "site/area", "template": "common"}, [M1, M2]),
        ("kpi", {}, [LINE]),
        ("andon", {"where": "line-1"}, [LINE]),
        ("scrap", {}, [LINE]),
        ("scrap", {"template": "common"}, [M1, M2]),
        ("scrap", {"where": "m1"}, [M1]),
        ("suggestion", {}, [LINE, M1, M2]),
    ],
)
def test_a_rule_watches_what_its_kind_is_about(tmp_path, kind, keys, paths) -> None:
    rule = a_book(tmp_path, a_rule_of(kind, **keys)).rules["r"]
    assert [place.path for place in places_of(rule, PLANT)] == paths


def test_the_shipped_rules_are_right_and_of_every_kind() -> None:
    plant = load_plant(ROOT / "plants" / "demo.yaml")
    book = rules_beside(ROOT / "plants" / "demo.yaml", plant)
    assert {rule.kind for rule in book.rules.values()} == set(KINDS)
    assert (len(book.rules), len(book.playbooks)) == (12, 4)
    roles = frozenset(role.value for role in PEOPLE)
    for rule in book.rules.values():
        assert faults(rule.alert, roles) == []
        assert places_of(rule, plant)
        for said in (rule.alert.title, rule.alert.consequence, rule.alert.response, rule.why):
            assert said is None or set(said.fields) == {"en", "de"}
    used = {rule.alert.playbook for rule in book.rules.values()}
    assert set(book.playbooks) <= used
