"""A serial counter: through a device server on the network, and through a terminal as the kernel makes them."""

import asyncio
import os
import socket

import pytest

from app.domain.plant.equipment import Source
from gateways.base import Away, BadSource
from gateways.serial_line.gateway import make
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import free_port


def source(port: str, **more) -> Source:
    mapping = {"filler": {"signals": {"total": "C"}}}
    return Source("scale", "serial", ("filler",), {"port": port, "mapping": mapping, **more})


@pytest.fixture
def device():
    """A serial device server: accepts one connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield server


def url(device: socket.socket) -> str:
    return f"socket://127.0.0.1:{device.getsockname()[1]}"


def test_lines_are_heard_and_only_news_are_told(device) -> None:
    with listening(make(source(url(device)))) as heard:
        port, _ = device.accept()
        with port:
            wait_for(lambda: port.sendall(b"C=000123 S=1\r\n") or heard.signs)  # opening drops what came before
            port.sendall(b"C=000123 S=1\r\nC=0001")
            port.sendall(b"24 S=1\r\nnoise\r\nC=2.5 S=off\r\n")
            wait_for(lambda: heard.values("S")[-1:] == ["off"])
    assert heard.values("C") == [123, 124, 2.5]
    assert heard.values("S") == [1, "off"]
    assert [s.snapshot for s in heard.samples[:3]] == [True, True, False]
    assert heard.signs >= 3


def test_a_terminal_is_heard() -> None:
    ours, theirs = os.openpty()
    try:
        with listening(make(source(os.ttyname(theirs), pattern="W(?P<value>[0-9]+)(?P<address>kg)"))) as heard:
            wait_for(lambda: os.write(ours, b"W42kg\n") and heard.samples)
        assert heard.values("kg")[0] == 42
    finally:
        os.close(ours)
        os.close(theirs)


def test_each_group_may_be_an_address_and_what_comes_while_it_settles_is_thrown_away(device) -> None:
    asked = source(url(device), pattern="^(?P<total>[0-9]+);(?P<state>[0-9])?$", settle="200ms")
    with listening(make(asked)) as heard:
        port, _ = device.accept()
        with port:
            port.sendall(b"9;9\n12")
            wait_for(lambda: port.sendall(b"34;4\n35;\n") or heard.values("total")[-2:] == [34, 35])
    assert 9 not in heard.values("total")
    assert set(heard.values("state")) == {4}


def test_lines_that_say_nothing_are_counted_and_said_once(device, caplog) -> None:
    gateway = make(source(url(device)))
    with listening(gateway) as heard:
        port, _ = device.accept()
        with port:
            wait_for(lambda: port.sendall(b"noise\nmore\n") or gateway.unmatched >= 4)
            port.sendall(b"C=" + b"x" * 10_000 + b"\nC=7\n")
            wait_for(lambda: 7 in heard.values("C"))
    assert [r.message for r in caplog.records] == ["lines that say nothing come"]


def test_a_device_that_hangs_up_is_gone_in_words(device) -> None:
    with listening(make(source(url(device)))) as heard:
        device.accept()[0].close()
        wait_for(lambda: heard.away)
    assert "is gone" in heard.away


def test_silence_and_a_port_that_is_not_there_are_said_in_words(device) -> None:
    with pytest.raises(Away, match="nothing was heard at socket"):
        asyncio.run(make(source(url(device), silence="100ms")).listen(lambda _: None))
    with pytest.raises(Away, match="cannot be opened"):
        asyncio.run(make(source(f"socket://127.0.0.1:{free_port()}")).listen(lambda _: None))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"baudrate": "fast"}, "sources.scale.baudrate: must be a number"),
        ({"pattern": "("}, "sources.scale.pattern: must be a regular expression"),
        ({"pattern": "C=.*"}, "sources.scale.pattern: must have the groups"),
        ({"pattern": "(?P<value>.)"}, "sources.scale.pattern: must have the groups"),
        ({"port": ""}, "sources.scale.port: must be a text"),
    ],
)
def test_a_wrong_option_names_its_key(options, said) -> None:
    with pytest.raises(BadSource) as wrong:
        make(Source("scale", "serial", ("filler",), {"port": "/dev/ttyS0", **options}))
    assert said in str(wrong.value)
