"""After a cut nothing that the agent still has is lost; several conditions of one data item stand side by side."""

import pytest

from gateways.mtconnect.gateway import make
from tests.gateways.listening import listening, wait_for
from tests.gateways.mtconnect.agent import Scripted, error, part, seen, streams
from tests.gateways.mtconnect.test_gateway import EXEC, NOW, SYS, heard_of, source

CUT = [part(streams(seen("exec", "STOPPED", 7), following=8)), None]
LATEST = streams(seen("exec", "READY", 60), following=61, first=50)


def fault(code: str, sequence: int, kind: str = "Fault") -> str:
    return seen("sys", "", sequence, kind, "Condition", f"nativeCode='{code}'" if code else "")


def test_after_a_cut_it_goes_on_behind_what_was_heard() -> None:
    missed = streams(seen("exec", "ACTIVE", 8), seen("exec", "INTERRUPTED", 9), following=10)
    with Scripted([NOW], [CUT, [part(missed)]]) as agent:
        gateway = make(source(agent.url))
        with listening(gateway) as heard:
            wait_for(lambda: heard.away)
        with listening(gateway, heard):
            wait_for(lambda: len(heard_of(heard, EXEC)) == 4)
    assert heard.values(EXEC) == ["ACTIVE", "STOPPED", "ACTIVE", "INTERRUPTED"]
    assert [path for path in agent.asked if "/current" in path] == ["/current"]
    assert "from=8" in agent.asked[-1]


@pytest.mark.parametrize(
    "lost", [error("OUT_OF_RANGE"), streams(following=60, first=50)], ids=["refused", "a gap behind it"]
)
def test_after_a_cut_longer_than_the_buffer_what_holds_is_asked_and_the_loss_is_said(lost, caplog) -> None:
    with Scripted([NOW, LATEST], [CUT, [part(lost)]]) as agent:
        gateway = make(source(agent.url))
        with listening(gateway) as heard:
            wait_for(lambda: heard.away)
        with listening(gateway, heard):
            wait_for(lambda: "from=61" in agent.asked[-1])
    assert [(s.value, s.snapshot) for s in heard.samples if s.address == EXEC][-1] == ("READY", True)
    assert "observations were lost" in caplog.text


def test_an_agent_that_restarted_during_the_cut_is_heard_from_its_first_observation() -> None:
    anew = streams(seen("exec", "READY", 3), following=4, instance="8")
    since = streams(*(seen("exec", word, n) for n, word in ((1, "ACTIVE"), (2, "STOPPED"), (3, "READY"))),
                    following=4, instance="8")  # fmt: skip
    with Scripted([NOW, anew], [CUT, [part(anew)], [part(since)]]) as agent:
        gateway = make(source(agent.url))
        with listening(gateway) as heard:
            wait_for(lambda: heard.away)
        with listening(gateway, heard):
            wait_for(lambda: len(heard_of(heard, EXEC)) == 5)
    assert [(s.value, s.snapshot) for s in heard.samples if s.address == EXEC][2:] == [
        ("ACTIVE", True), ("STOPPED", False), ("READY", False),
    ]  # fmt: skip
    assert "from=1&" in f"{agent.asked[-1]}&"


@pytest.mark.parametrize(
    ("told", "state", "code"),
    [
        ([("E1", "Fault"), ("E2", "Fault")], "Fault", "E2"),
        ([("E1", "Fault"), ("E2", "Warning")], "Fault", "E1"),
        ([("E1", "Fault"), ("E2", "Fault"), ("E2", "Normal")], "Fault", "E1"),
        ([("E1", "Fault"), ("E2", "Fault"), ("E1", "Normal"), ("E2", "Normal")], "Normal", None),
        ([("E1", "Fault"), ("E2", "Fault"), ("", "Normal")], "Normal", None),
        ([("E1", "Fault"), ("", "Unavailable")], None, None),
    ],
)
def test_a_normal_with_a_code_ends_that_condition_and_one_without_ends_all(told, state, code) -> None:
    faults = [fault(name, n, kind) for n, (name, kind) in enumerate(told, 7)]
    end = seen("exec", "STOPPED", 30)
    stream = [part(streams(*faults, end, following=31))]
    with Scripted([NOW], [stream]) as agent, listening(make(source(agent.url, SYS, "sys#code"))) as heard:
        wait_for(lambda: len(heard_of(heard, EXEC)) == 2)
    assert (heard.values(SYS)[-1], heard.values("sys#code")[-1]) == (state, code)


def test_conditions_that_stood_before_a_cut_stand_behind_it() -> None:
    cut = [part(streams(fault("E1", 7), fault("E2", 8), following=9)), None]
    behind = [part(streams(fault("E2", 9, "Normal"), following=10))]
    with Scripted([NOW], [cut, behind]) as agent:
        gateway = make(source(agent.url, SYS, "sys#code"))
        with listening(gateway) as heard:
            wait_for(lambda: heard.away)
        with listening(gateway, heard):
            wait_for(lambda: len(heard_of(heard, SYS)) == 4)
    assert (heard.values(SYS)[-1], heard.values("sys#code")[-1]) == ("Fault", "E1")
