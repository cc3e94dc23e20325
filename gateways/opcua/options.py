"""How to reach an OPC UA server, out of the plant file. Every mistake names its key."""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from app.domain.plant.equipment import Source
from gateways.addresses import addresses, of_words
from gateways.opcua.address import PACKML, Address, address_of
from gateways.opcua.packml import asked
from gateways.options import Keys, credentials

KEYS = frozenset(
    {
        "url", "mapping", "owner", "security", "certificate", "key", "server_certificate", "user", "password_env",
        "user_certificate", "user_key", "publishing", "sampling", "queue", "namespaces",
    }
)  # fmt: skip
SECURITY = ("none", "sign", "sign_and_encrypt")
LONGEST_MS = 60_000


class OpcUaOptions(msgspec.Struct, frozen=True):
    """One server and who we are there.

    security: none, sign or sign_and_encrypt (Basic256Sha256); then certificate and key are ours and
    server_certificate is the one server we trust. publishing_ms: how often changes come together; sampling_ms: how
    often the server looks; queue: changes of a node kept between two publishings. leading: addresses that are told
    before others of the same moment.
    """

    url: str
    security: str
    certificate: Path | None
    key: Path | None
    server_certificate: Path | None
    user: str | None
    password: str | None
    user_certificate: Path | None
    user_key: Path | None
    publishing_ms: int
    sampling_ms: int
    queue: int
    nodes: tuple[Address, ...]
    packml: tuple[str, ...]
    leading: frozenset[str]


def options_of(source: Source) -> OpcUaOptions:
    """Return what the plant file says. Raises BadSource."""
    keys = Keys(source, KEYS)
    security = keys.word("security", SECURITY)
    certificate, key, server = (keys.file(name) for name in ("certificate", "key", "server_certificate"))
    _check_security(keys, security, (certificate, key, server))
    user, password = credentials(keys)
    user_certificate, user_key = keys.file("user_certificate"), keys.file("user_key")
    if (user_certificate is None) != (user_key is None):
        raise keys.wrong("user_key", "`user_certificate` and `user_key` go together")
    if (user is not None or user_certificate is not None) and security == "none":
        raise keys.wrong("security", "must be sign or sign_and_encrypt where we sign in: else anybody could read along")
    if user is not None and user_certificate is not None:
        raise keys.wrong("user", "sign in by `user` or by `user_certificate`, not by both")
    nodes, packml = _addresses(keys)
    return OpcUaOptions(
        url=_url(keys),
        security=security,
        certificate=certificate,
        key=key,
        server_certificate=server,
        user=user,
        password=password,
        user_certificate=user_certificate,
        user_key=user_key,
        publishing_ms=keys.milliseconds("publishing", 500, LONGEST_MS),
        sampling_ms=keys.milliseconds("sampling", 250, LONGEST_MS),
        queue=_queue(keys),
        nodes=nodes,
        packml=packml,
        leading=of_words(keys.source, ("reason", "product")),
    )


def _url(keys: Keys) -> str:
    found, right = keys.text("url") or "", "must be such as opc.tcp://10.0.0.5:4840"
    url = urlsplit(found)
    if url.scheme != "opc.tcp" or not url.hostname:
        raise keys.wrong("url", right)
    if url.username or url.password:
        raise keys.wrong("url", "no credentials here: the name is `user`, `password_env` names the password's variable")
    return found


def _check_security(keys: Keys, security: str, files: tuple[Path | None, Path | None, Path | None]) -> None:
    names = ("certificate", "key", "server_certificate")
    for name, file in zip(names, files, strict=True):
        if security == "none" and file is not None:
            raise keys.wrong("security", f"must be sign or sign_and_encrypt where `{name}` is given")
        if security != "none" and file is None:
            whose = "the one server that is trusted" if name == "server_certificate" else "ours"
            raise keys.wrong(name, f"is needed with security: {security}; a file in PEM or DER, {whose}")


def _queue(keys: Keys) -> int:
    found = keys.source.options.get("queue", 100)
    if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= 100_000:
        return found
    raise keys.wrong("queue", f"must be a whole number of 1 to 100000, is {found!r}")


def _addresses(keys: Keys) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    said = keys.source.options.get("namespaces", {})
    if not isinstance(said, dict) or not all(isinstance(uri, str) and uri for uri in said.values()):
        raise keys.wrong("namespaces", "must be prefixes with URIs, such as plc: urn:maker:plc")
    namespaces, wanted = {str(prefix): uri for prefix, uri in said.items()}, list(addresses(keys.source))
    packml = [text for text in wanted if text.startswith(PACKML) and asked(text) is not None]
    others = [text for text in wanted if text not in packml]
    return tuple(keys.each("mapping", others, lambda text: address_of(text, namespaces))), tuple(packml)
