"""Certificates as OPC UA applications have them: self-signed, for one application URI."""

from pathlib import Path

from asyncua.crypto.cert_gen import (
    dump_private_key_as_pem,
    generate_private_key,
    generate_self_signed_app_certificate,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.gateways.certificates import Issued


def a_key(folder: Path, name: str, uri: str) -> Issued:
    """A certificate (DER) of an application with its key (PEM)."""
    key = generate_private_key()
    usage = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    names = [x509.UniformResourceIdentifier(uri), x509.DNSName("localhost")]
    certificate = generate_self_signed_app_certificate(key, name, {"organizationName": "Test"}, names, usage, 30)
    issued = Issued(folder / f"{name}.der", folder / f"{name}.pem")
    issued.certificate.write_bytes(certificate.public_bytes(Encoding.DER))
    issued.key.write_bytes(dump_private_key_as_pem(key))
    return issued
