"""Who may listen, and to whom: encryption, passwords, certificates, and the one server that is trusted."""

import asyncio

import pytest

from app.domain.plant.equipment import Source
from gateways.base import Away, BadSource
from gateways.opcua.gateway import make
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.opcua.keys import a_key
from tests.gateways.opcua.server import Plc, Users
from tests.gateways.opcua.test_gateway import NAMES, STATE, source

SERVER_URI = "urn:freeopcua:python:server"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Keys of the server, of the gateway, of a user and of somebody else."""
    folder = tmp_path_factory.mktemp("keys")
    uris = {"server": SERVER_URI, "gateway": "urn:lineside:test", "user": "urn:user", "other": SERVER_URI}
    return {name: a_key(folder, name, uri) for name, uri in uris.items()}


@pytest.fixture
def plc(keys):
    users = Users([keys["user"].certificate.read_bytes()])
    with Plc(free_port(), dict(NAMES), secured=keys["server"], users=users) as found:
        yield found


def secured(keys, mode: str, **more) -> dict:
    own = keys["gateway"]
    files = {"certificate": own.certificate, "key": own.key, "server_certificate": keys["server"].certificate}
    return {"security": mode, **{name: str(path) for name, path in files.items()}, **more}


@pytest.mark.parametrize("mode", ["sign", "sign_and_encrypt"])
def test_values_come_signed_and_encrypted_to_a_user_with_a_password(plc, keys, mode, monkeypatch) -> None:
    monkeypatch.setenv("PLC_PASSWORD", "secret")
    asked = source(plc.url, STATE, **secured(keys, mode, user="ada", password_env="PLC_PASSWORD"))
    with listening(make(asked)) as heard:
        wait_for(lambda: heard.samples or heard.away)
    assert heard.values(STATE) == ["run"], heard.away


def test_a_wrong_password_is_refused_in_words(plc, keys, monkeypatch) -> None:
    monkeypatch.setenv("PLC_PASSWORD", "guess")
    asked = source(plc.url, STATE, **secured(keys, "sign", user="ada", password_env="PLC_PASSWORD"))
    with pytest.raises(Away, match="check `user` and password"):
        asyncio.run(make(asked).listen(lambda _: None))


def test_a_user_with_a_certificate_is_let_in(plc, keys) -> None:
    user = {"user_certificate": str(keys["user"].certificate), "user_key": str(keys["user"].key)}
    with listening(make(source(plc.url, STATE, **secured(keys, "sign_and_encrypt", **user)))) as heard:
        wait_for(lambda: heard.samples or heard.away)
    assert heard.values(STATE) == ["run"], heard.away


def test_another_server_than_the_trusted_one_hears_nothing_of_us(plc, keys, monkeypatch) -> None:
    monkeypatch.setenv("PLC_PASSWORD", "secret")
    options = secured(keys, "sign_and_encrypt", user="ada", password_env="PLC_PASSWORD")
    options["server_certificate"] = str(keys["other"].certificate)
    with pytest.raises(Away, match="the OPC UA server at"):
        asyncio.run(make(source(plc.url, STATE, **options)).listen(lambda _: None))


def test_a_server_without_encryption_is_refused_where_it_is_asked_for(keys) -> None:
    with Plc(free_port(), dict(NAMES)) as plain, pytest.raises(Away, match="offers no endpoint with security: sign"):
        asyncio.run(make(source(plain.url, STATE, **secured(keys, "sign"))).listen(lambda _: None))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": "http://x"}, "sources.plc.url: must be such as opc.tcp://"),
        ({"url": "opc.tcp://ada:secret@x:4840"}, "sources.plc.url: no credentials here"),
        ({"security": "basic128"}, "sources.plc.security: must be one of none, sign, sign_and_encrypt"),
        ({"security": "sign"}, "sources.plc.certificate: is needed with security: sign"),
        ({"user": "ada"}, "sources.plc.security: must be sign or sign_and_encrypt where we sign in"),
        ({"queue": 0}, "sources.plc.queue: must be a whole number of 1 to 100000"),
        ({"mapping": {"filler": {"state": "ns=2;s=State"}}}, "changes with the server's restarts"),
        ({"mapping": {"filler": {"state": "plc:Filler"}}}, "`plc` is none of the source's `namespaces`"),
        ({"mapping": {"filler": {"state": "Filler//State"}}}, "must be browse names such as"),
        ({"mapping": {"filler": {"state": "nsu=urn:x"}}}, "must be browse names such as"),
        ({"polling": "1s"}, "sources.plc.polling: unknown key"),
    ],
)
def test_a_wrong_option_names_its_key(options, said) -> None:
    with pytest.raises(BadSource) as error:
        make(Source("plc", "opcua", ("filler",), {"url": "opc.tcp://x:4840", **options}))
    assert said in str(error.value)
