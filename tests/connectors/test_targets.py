"""The file of targets: who gets what, every mistake named, no secret ever said."""

import tomllib
from dataclasses import replace
from email.errors import HeaderParseError

import pytest

from app.boards.messages import ORDER_CREATED, Outgoing, Parcel, outgoing
from app.connectors.guard import Guard
from app.connectors.mail import Mail
from app.connectors.targets import BadTargets, Targets, targets_of
from app.connectors.words import Words
from app.domain.alerts.rule import OWN
from app.domain.suggestion import Said
from app.historian.messages import parcel_of
from app.settings import BadSetting, Settings
from app.wiring import ways_of
from tests.connectors.made import LINE, NOW, SECRET, a_parcel, an_alert, an_order

FILE = f"""
[[webhook]]
name = "mes"
url = "https://hooks.example/T0/hidden"
secret = "{SECRET}"
events = ["lineside.workorder.*"]
places = ["site/area/line-1"]

[[webhook]]
name = "all"
url = "https://hooks.example/"
secret = "{SECRET}"

[[mail]]
name = "leads"
address = "leads@plant.example"
roles = ["supervisor", "engineer"]
places = ["site/area/line-1", "site/other"]
lang = "de"

[cmms]
url = "https://cmms.example/api"
token = "hidden-token"
[cmms.states]
COMP = "done"
"""


def read(text: str, domains: tuple[str, ...] = ()) -> Targets:
    return targets_of(tomllib.loads(text), Guard(), domains)


def at(parcel: Parcel, place: str) -> Parcel:
    return replace(parcel, equipment=place)


def test_each_target_gets_what_it_asked_for_where_it_asked() -> None:
    found = read(FILE)
    order = parcel_of(Outgoing("k", "webhook", ORDER_CREATED, f"{LINE}/filler", NOW))
    assert found.wanting(order) == ["mes", "all"]
    assert found.wanting(at(order, "site/area/line-10")) == ["all"]
    assert found.wanting(a_parcel()) == ["all"]
    assert found.wanting(a_parcel("mail")) == ["leads"]
    assert found.wanting(at(a_parcel("mail"), "elsewhere")) == []
    assert found.wanting(parcel_of(outgoing(an_alert(to="manager", channel="mail")))) == []
    assert found.wanting(an_order()) == ["cmms"]
    assert read("").wanting(an_order()) == []


@pytest.mark.parametrize(
    ("was", "wrong", "said"),
    [
        ('name = "mes"', 'name = "Mes!"', "name"),
        ('name = "mes"', 'name = "leads"', "unique"),
        ('name = "mes"', 'name = "cmms"', "cmms"),
        ("https://hooks.example/T0", "http://hooks.example/T0", "https"),
        ("https://hooks.example/T0", "https://ada:pw@hooks.example/T0", "without name"),
        (SECRET, "whsec_c2hvcnQ=", "24 to 64"),
        ("lang =", "language =", "language"),
        ('"de"', '"xx"', "lang"),
        ('"engineer"]', '"display"]', "roles"),
        ('["supervisor", "engineer"]', "[]", "roles"),
        ("leads@plant.example", "leads@plant.example\\nBcc: x@y", "address"),
        ("leads@plant.example", "Leads <leads@plant.example>", "address"),
        ('COMP = "done"', 'COMP = "closed"', "closed"),
        ("hidden-token", "hidden\\r\\ntoken", "token"),
        ("cmms.example/api", "cmms.example/api?key=hidden", "url"),
    ],
)
def test_a_mistake_is_named_and_no_secret_with_it(was: str, wrong: str, said: str) -> None:
    with pytest.raises(BadTargets) as caught:
        read(FILE.replace(was, wrong))
    assert said in str(caught.value)
    for secret in (SECRET, "hidden", "pw", "c2hvcnQ"):
        assert secret not in str(caught.value)


def test_mail_goes_to_the_domains_of_the_plant_only() -> None:
    assert read(FILE, ("plant.example",)).mail[0].name == "leads"
    with pytest.raises(BadTargets, match="LINESIDE_MAIL_DOMAINS"):
        read(FILE, ("other.example",))


def test_targets_show_no_secret_of_themselves() -> None:
    said = repr(read(FILE))
    for secret in (SECRET, "hidden"):
        assert secret not in said


def test_the_ways_are_made_from_the_settings(tmp_path) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(FILE, encoding="utf-8")
    found = ways_of(Settings(data=tmp_path, targets=path))
    assert set(found.connectors()) == {"mes", "all", "cmms"}
    mailing = Settings(data=tmp_path, targets=path, smtp_url="smtp+plain://127.0.0.1:1", mail_from="l@plant.example")
    assert set(ways_of(mailing).connectors()) == {"mes", "all", "leads", "cmms"}
    assert ways_of(Settings(data=tmp_path)).connectors() == {}
    path.write_text(FILE.replace('"done"', '"closed'), encoding="utf-8")
    for wrong in (path, tmp_path / "nothing.toml"):
        with pytest.raises(BadSetting, match="LINESIDE_TARGETS") as caught:
            ways_of(Settings(data=tmp_path, targets=wrong))
        assert "hidden" not in str(caught.value)


def letter(title: str, address: str = "ada@plant.example"):
    said = outgoing(an_alert(channel="mail"))
    parcel = parcel_of(
        Outgoing(said.key, "mail", said.kind, LINE, NOW, {**said.data, "title": {"key": title}}, said.to)
    )
    words = Words("https://lineside.plant", "de")
    return Mail(address, "lineside@plant.example", words, lambda message: None, lambda: None).letter(parcel, NOW)


def test_a_rule_of_the_plants_own_speaks_in_its_own_words() -> None:
    own = Said(OWN, {"en": "Vibration above {limit}", "de": "Schwingung über {limit}", "limit": 13.5})
    message = replace(an_alert(channel="mail"), title=own)
    parcel = parcel_of(outgoing(message))
    assert Words(lang="de").of(parcel)["title"] == "Schwingung über 13,5"
    assert Words(lang="en").of(parcel)["title"] == "Vibration above 13.5"


def test_a_title_cannot_become_a_header() -> None:
    message = letter("Filler\r\nBcc: all@plant.example\r\n\r\nhi")
    assert message["Subject"] == "Filler Bcc: all@plant.example hi"
    assert message["Bcc"] is None
    assert bytes(message).count(b"\nBcc:") == 0


def test_an_address_cannot_become_two() -> None:
    for odd in ("ada@plant.example, eve@evil.example", "ada@plant.example\nBcc: eve@evil.example"):
        with pytest.raises((ValueError, HeaderParseError)):
            letter("Filler", odd)


def test_a_letter_says_what_why_where_and_for_whom_in_its_language() -> None:
    text = letter(Said("page.downtime").key).get_content()
    assert "Stillstand" in text
    assert "erneut in 5 s" in text
    assert "Was zu tun ist: Das Ventil drehen" in text
    assert "Site \u203a Filler" in text
    assert f"In Lineside öffnen: https://lineside.plant/line/{LINE}" in text
    assert "Schichtleitung" in text
