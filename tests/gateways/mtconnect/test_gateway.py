"""MTConnect against an agent that does everything an agent may do, also the unpleasant things."""

import asyncio
import base64

import pytest

from app.domain.plant.equipment import Source
from gateways.base import Away, BadSource
from gateways.mtconnect.gateway import make
from gateways.mtconnect.multipart import BadStream, Parts
from tests.gateways.certificates import an_authority
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.mtconnect.agent import Scripted, error, part, seen, streams

EXEC, LOAD, PROG, SYS = "Mill/execution", "load", "prog", "sys"
NOW = streams(
    seen("exec", "ACTIVE", 3), seen("load", "41.5", 4, "Load", "Samples"), seen("prog", "0042", 5, "Program"),
    seen("sys", "", 6, "Normal", "Condition"), following=7,
)  # fmt: skip


def source(url: str, *signals: str, **more) -> Source:
    words = {"state": EXEC, "order": PROG}
    mapping = {"mill": {**words, "signals": {f"s{i}": at for i, at in enumerate(signals or (LOAD, SYS))}}}
    return Source("m1", "mtconnect", ("mill",), {"url": url, "mapping": mapping, "heartbeat": "200ms", **more})


def heard_of(heard, address: str) -> list[tuple]:
    return [(s.value, s.status) for s in heard.samples if s.address == address]


def test_what_holds_is_told_first_then_what_is_observed() -> None:
    more = streams(seen("exec", "STOPPED", 7), seen("load", "UNAVAILABLE", 8, "Load", "Samples"), following=9)
    with Scripted([NOW], [[part(more)]]) as agent, listening(make(source(agent.url))) as heard:
        wait_for(lambda: len(heard.samples) == 6)
    assert {s.address: (s.value, s.snapshot) for s in heard.samples[:4]} == {
        EXEC: ("ACTIVE", True), LOAD: (41.5, True), PROG: ("0042", True), SYS: ("Normal", True),
    }  # fmt: skip
    assert heard_of(heard, EXEC) == [("ACTIVE", "good"), ("STOPPED", "good")]
    assert heard_of(heard, LOAD) == [(41.5, "good"), (None, "bad")]
    assert heard.samples[4].t == 1_795_420_807_500
    assert not heard.samples[4].snapshot
    assert "from=7" in agent.asked[2]


@pytest.mark.parametrize("length", [True, False])
def test_a_stream_is_cut_into_documents_wherever_the_pieces_end(length) -> None:
    documents = [streams(seen("exec", f"S{n}", n), following=n + 1) for n in range(7, 11)]
    raw = b"".join(part(document, length=length) for document in documents) + b"--x-y-z"
    for size in (1, 7, 64, len(raw)):
        parts = Parts("x-y-z")
        assert [one for at in range(0, len(raw), size) for one in parts.feed(raw[at : at + size])] == documents


def test_a_part_that_grows_without_end_is_refused() -> None:
    parts = Parts("x-y-z")
    with pytest.raises(BadStream, match="larger than 16 MB"):
        parts.feed(b"--x-y-z\r\nContent-length: 99999999\r\n\r\n")
    endless = Parts("x-y-z")
    endless.feed(b"x" * (16 << 20))
    with pytest.raises(BadStream, match="larger than 16 MB"):
        endless.feed(b"x")


def test_an_empty_document_is_a_sign_of_life() -> None:
    with Scripted([NOW], [[part(streams(following=7))]]) as agent, listening(make(source(agent.url))) as heard:
        wait_for(lambda: heard.signs)
    assert len(heard.samples) == 4


def test_an_agent_that_begins_anew_is_heard_from_its_beginning() -> None:
    anew = streams(seen("exec", "READY", 1), following=2, instance="8")
    again = [part(anew), part(streams(seen("exec", "ACTIVE", 2), following=3, instance="8"))]
    with Scripted([NOW, anew], [[part(anew)], again]) as agent, listening(make(source(agent.url))) as heard:
        wait_for(lambda: len(heard_of(heard, EXEC)) == 3)
    assert [(s.value, s.snapshot) for s in heard.samples if s.address == EXEC] == [
        ("ACTIVE", True), ("READY", True), ("ACTIVE", False),
    ]  # fmt: skip
    assert "from=1" in agent.asked[-1]


@pytest.mark.parametrize(
    "lost",
    [error("OUT_OF_RANGE"), streams(seen("exec", "STOPPED", 50), following=51, first=50)],
    ids=["refused", "a gap"],
)
def test_what_the_agent_forgot_is_said_and_what_holds_is_asked_again(lost, caplog) -> None:
    later = streams(seen("exec", "STOPPED", 60), following=61, first=50)
    with Scripted([NOW, later], [[part(lost)]]) as agent, listening(make(source(agent.url))) as heard:
        wait_for(lambda: agent.asked and "from=61" in agent.asked[-1])
    assert heard_of(heard, EXEC)[-1] == ("STOPPED", "good")
    assert "observations were lost" in caplog.text


def test_a_condition_says_its_state_code_and_text() -> None:
    fault = seen("sys", "hot", 7, "Fault", "Condition", "nativeCode='E12'")
    addresses = (SYS, "sys#code", "sys#text")
    stream = [part(streams(fault, following=8))]
    with Scripted([NOW], [stream]) as agent, listening(make(source(agent.url, *addresses))) as heard:
        wait_for(lambda: len(heard_of(heard, SYS)) == 2)
    assert [heard_of(heard, at)[-1] for at in addresses] == [("Fault", "good"), ("E12", "good"), ("hot", "good")]
    assert heard_of(heard, "sys#code")[0] == (None, "bad")


def test_a_data_item_that_the_agent_does_not_have_is_bad() -> None:
    with Scripted([NOW], [[]]) as agent, listening(make(source(agent.url, "Mill/nothing"))) as heard:
        wait_for(lambda: heard.samples)
    assert heard_of(heard, "Mill/nothing") == [(None, "bad")]


def test_a_reason_comes_before_the_state_of_its_moment() -> None:
    mapping = {"mill": {"state": EXEC, "reason": PROG}}
    both = streams(seen("exec", "STOPPED", 7), seen("prog", "jam", 67, "Program"), following=68)
    with Scripted([NOW], [[part(both)]]) as agent, listening(make(source(agent.url, mapping=mapping))) as heard:
        wait_for(lambda: len(heard.samples) == 4)
    assert [s.value for s in heard.samples[2:]] == ["jam", "STOPPED"]


def test_an_agent_that_falls_silent_is_away_in_words() -> None:
    with Scripted([NOW], [[]]) as agent, listening(make(source(agent.url, heartbeat="100ms"))) as heard:
        wait_for(lambda: heard.away)
    assert "said nothing for 3 heartbeats" in heard.away


@pytest.mark.parametrize(
    ("current", "status", "said"),
    [
        (b"<html>hello", 200, "no MTConnect document"),
        (b"<html/>", 200, "no MTConnect document: <html>"),
        (error("NO_DEVICE"), 200, "NO_DEVICE words"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", 200, "no MTConnect document"),
        (b"", 401, "check `user` and password"),
        (b"oops", 500, "HTTP 500"),
    ],
)
def test_an_answer_that_cannot_be_right_is_away_in_words(current, status, said) -> None:
    with Scripted([current], [[]], status) as agent, pytest.raises(Away) as away:
        asyncio.run(make(source(agent.url)).listen(lambda _: None))
    assert said in str(away.value)


def test_an_agent_is_heard_encrypted_and_only_when_its_certificate_is_trusted(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("AGENT_PASSWORD", "secret")
    authority, stranger = an_authority(tmp_path / "ours"), an_authority(tmp_path / "theirs")
    signed_in = {"user": "ada", "password_env": "AGENT_PASSWORD"}
    with Scripted([NOW], [[]], issued=authority.issue("agent")) as agent:
        with listening(make(source(agent.url, ca=str(authority.ca), **signed_in))) as heard:
            wait_for(lambda: heard.samples or heard.away)
        assert len(heard.samples) == 4, heard.away
        assert agent.credentials == {f"Basic {base64.b64encode(b'ada:secret').decode()}"}
        for more in ({"ca": str(stranger.ca)}, {}):
            with pytest.raises(Away, match=r"(?i)certificate"):
                asyncio.run(make(source(agent.url, **more)).listen(lambda _: None))


def test_nobody_there_is_said_in_words() -> None:
    with pytest.raises(Away, match="does not answer"):
        asyncio.run(make(source(f"http://127.0.0.1:{free_port()}")).listen(lambda _: None))


def test_browse_tells_data_items_with_unit_and_value() -> None:
    with Scripted([NOW], [[]]) as agent:
        offers = {o.address: o for o in asyncio.run(make(source(agent.url)).browse(10))}
    assert (offers["Mill/load"].unit, offers["Mill/load"].value) == ("PERCENT", 41.5)
    assert (offers["Mill/execution"].type, offers["Mill/execution"].meaning) == ("EXECUTION", "Mill")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": "mtc://x"}, "sources.m1.url: must be such as http://"),
        ({"url": "http://ada:pw@x"}, "sources.m1.url: no credentials here"),
        ({"user": "ada"}, "sources.m1.url: must be https where we sign in"),
        ({"interval": "soon"}, "sources.m1.interval: must be a duration"),
        ({"poll": "1s"}, "sources.m1.poll: unknown key"),
    ],
)
def test_a_wrong_option_names_its_key(options, said) -> None:
    with pytest.raises(BadSource) as wrong:
        make(Source("m1", "mtconnect", ("mill",), {"url": "http://x", **options}))
    assert said in str(wrong.value)
