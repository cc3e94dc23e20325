"""A session with an OPC UA server: encrypted, signed in, and why not, in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography import x509

from gateways.base import Away
from gateways.opcua.options import OpcUaOptions

BASIC = SecurityPolicyBasic256Sha256
TIMEOUT_S = 5.0
WATCH_S = 3.0
GONE = (OSError, TimeoutError, ua.UaError)
MODES = {"sign": ua.MessageSecurityMode.Sign, "sign_and_encrypt": ua.MessageSecurityMode.SignAndEncrypt}
WORDS = {
    "BadUserAccessDenied": "it does not let us in: check `user` and password, or the user's rights there",
    "BadIdentityTokenRejected": "it refuses how we sign in: check `user` and password, or `user_certificate`",
    "BadIdentityTokenInvalid": "it refuses how we sign in: check `user` and password, or `user_certificate`",
    "BadCertificateUntrusted": "it does not trust our certificate yet: accept it in the server's trust list",
    "BadSecurityChecksFailed": "it does not trust our certificate yet: accept it in the server's trust list",
    "BadTooManySessions": "it has no session left for us: end another client there",
}


@contextmanager
def asking(options: OpcUaOptions) -> Iterator[None]:
    """Let what goes wrong with the server inside the block raise Away with words."""
    try:
        yield
    except GONE as error:
        raise away(options, error) from error


def away(options: OpcUaOptions, error: BaseException) -> Away:
    """Return in words why the server is not there for us, and what would help."""
    where, name = f"the OPC UA server at {options.url}", type(error).__name__
    if name in WORDS:
        return Away(f"{where}: {WORDS[name]} ({name})")
    if "No matching endpoints" in str(error):
        return Away(f"{where} offers no endpoint with security: {options.security} (Basic256Sha256)")
    if "certificate mismatch" in str(error):
        return Away(f"{where} shows another certificate than `server_certificate`: it is not the one we trust")
    if isinstance(error, ua.UaError):
        return Away(f"{where} refuses: {name} {error}")
    return Away(f"{where} does not answer: is it on, and is the port open to us? ({name} {error})".replace(" )", ")"))


async def connected(options: OpcUaOptions) -> Client:
    """Return a client with a session. Raises Away."""
    client = Client(options.url, timeout=TIMEOUT_S, watchdog_intervall=WATCH_S)
    client.name = client.description = "Lineside"
    client.application_uri = _uri(options.certificate) or "urn:lineside:gateway"
    with asking(options):
        if options.certificate and options.key and options.server_certificate:
            mode = MODES[options.security]
            Client.find_endpoint(
                await client.connect_and_get_server_endpoints(), mode, SecurityPolicyBasic256Sha256.URI
            )
            await client.set_security(
                SecurityPolicyBasic256Sha256,
                str(options.certificate),
                str(options.key),
                server_certificate=str(options.server_certificate),
                mode=mode,
            )
        if options.user is not None:
            client.set_user(options.user)
            client.set_password(options.password or "")
        if options.user_certificate and options.user_key:
            await client.load_client_certificate(str(options.user_certificate))
            await client.load_private_key(options.user_key)
        try:
            await client.connect()
        except ValueError as error:
            raise ua.UaError(f"what it shows cannot be checked: {error}") from error
    return client


def _uri(certificate: Path | None) -> str | None:
    """Return the application URI a certificate is issued for: the server compares it with what we call ourselves."""
    if certificate is None:
        return None
    raw = certificate.read_bytes()
    found = x509.load_pem_x509_certificate(raw) if raw.startswith(b"-----") else x509.load_der_x509_certificate(raw)
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    return next(iter(names.get_values_for_type(x509.UniformResourceIdentifier)), None)
