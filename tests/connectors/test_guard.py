"""A target's name must not lead into our own network, whatever it says, wherever it leads, however it changes."""

import pytest

from app.connectors.base import NotDelivered
from app.connectors.guard import BadAddress, Guard, shown
from app.connectors.http import Line
from tests.connectors.receiver import a_receiver

PUBLIC = "93.184.215.14"


def leads_to(*addresses: str, private: tuple[str, ...] = ()) -> Guard:
    return Guard(private, lambda host, port: addresses)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x", "ftp://hooks.example/x", "file:///etc/passwd", "https:///x", "hooks.example/x", "",
        "https://ada:pw@hooks.example/x", "https://hooks.example/x#y", "https://hooks.example:99999/", "gopher://x:70/",
        "https://hooks.example:0/", "http://127.0.0.1/x",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_a_targets_is_refused_without_asking_anybody(url: str) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    with pytest.raises(BadAddress) as caught:
        Guard((), never).check(url)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1", "127.8.8.8", "::1", "10.0.0.7", "172.16.0.1", "192.168.1.1", "169.254.169.254", "fe80::1%eth0",
        "fc00::1", "fd12::5", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "100.64.0.1", "192.0.2.1", "198.18.0.1",
        "240.0.0.1", "255.255.255.255", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "2001:0:0:0:0:0:80ff:fffe",
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused(inside: str) -> None:
    for addresses in ((inside,), (PUBLIC, inside), (inside, PUBLIC)):
        with pytest.raises(NotDelivered) as caught:
            leads_to(*addresses).address("hooks.example", 443)
        assert caught.value.is_final


@pytest.mark.parametrize("outside", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_a_name_in_the_open_is_spoken_to(outside: str) -> None:
    assert leads_to(outside).address("hooks.example", 443) == outside


def test_a_host_that_is_allowed_may_lie_inside_and_speak_http_but_never_be_nobody_or_many() -> None:
    guard = leads_to("10.0.0.7", private=("MES.plant",))
    assert guard.check("http://mes.plant:8080/x").hostname == "mes.plant"
    assert guard.address("mes.plant.", 80) == "10.0.0.7"
    for never in ("169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"):
        with pytest.raises(NotDelivered):
            leads_to(never, private=("mes.plant",)).address("mes.plant", 80)
    with pytest.raises(NotDelivered):
        guard.address("other.plant", 80)


def test_names_of_this_machine_are_refused_by_the_real_resolver() -> None:
    for name in ("localhost", "127.0.0.1", "0x7f000001", "2130706433", "127.1"):
        with pytest.raises(NotDelivered):
            Guard().address(name, 443)


def test_a_name_that_is_not_known_or_has_no_address_may_be_known_later() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    for guard in (Guard((), unknown), leads_to()):
        with pytest.raises(NotDelivered) as caught:
            guard.address("hooks.example", 443)
        assert (caught.value.is_away, caught.value.is_final) == (True, False)


def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    """A name that leads elsewhere when it is asked again (DNS rebinding) is not asked again."""
    asked: list[str] = []

    def once(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.255.255.1"]

    with a_receiver() as receiver:
        line = Line(Guard(("no-such-name.invalid",), once))
        reply = line.ask("POST", f"http://no-such-name.invalid:{receiver.port}/hook?a=1", {})
        assert (reply.status, asked) == (200, ["no-such-name.invalid"])
        assert receiver.heard[0].headers["host"] == f"no-such-name.invalid:{receiver.port}"
        assert receiver.heard[0].path == "/hook?a=1"


def test_what_is_shown_of_an_address_is_no_secret() -> None:
    assert shown("https://ada:pw@hooks.example:8443/T0/key?token=1") == "https://hooks.example:8443"
