"""Webhooks: a CloudEvent 1.0 in structured JSON by POST, signed in the Standard Webhooks form.

Sources: cloudevents.io spec 1.0.2 with its HTTP binding; standardwebhooks.com 1.0.0, symmetric signatures.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from app.boards.messages import Parcel
from app.connectors.base import Receipt
from app.connectors.http import Line, taken
from app.connectors.words import Words

MEDIA = "application/cloudevents+json; charset=utf-8"
SECRET_PREFIX = "whsec_"  # noqa: S105 (what a secret begins with)
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as Standard Webhooks has it."""


class BadSecret(ValueError):
    """A secret cannot be right; the text says what would be, and never the secret."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """The way to one webhook. source: the CloudEvents source, an address of ours; lang: of its words."""

    url: str = field(repr=False)
    secret: bytes = field(repr=False)
    line: Line
    source: str
    words: Words

    def check(self) -> None:
        """Return when it takes connections. Raises NotDelivered."""
        self.line.check(self.url)

    def send(self, parcel: Parcel, now: int) -> Receipt:
        """Post it; the id stays with every try, the time of the signature is that of this one. Raises NotDelivered."""
        content = msgspec.json.encode(cloud_event(parcel, self.source, self.words))
        signed = signature_headers(parcel.key, now, content, self.secret)
        return taken(self.line.ask("POST", self.url, {"content-type": MEDIA, **signed}, content), now)


def cloud_event(parcel: Parcel, source: str, words: Words) -> Mapping[str, object]:
    """Return a parcel as a CloudEvent; `time` is when it came about."""
    return {
        "specversion": "1.0",
        "id": parcel.key,
        "source": source,
        "type": parcel.kind,
        "subject": parcel.equipment,
        "time": datetime.fromtimestamp(parcel.created / 1000, UTC).isoformat(timespec="milliseconds"),
        "datacontenttype": "application/json",
        "data": {"to": parcel.to, "equipment": parcel.equipment, **words.of(parcel)},
    }


def signature_headers(key: str, now: int, content: bytes, secret: bytes) -> dict[str, str]:
    """Return the headers that prove who sent it and when: HMAC-SHA256 of `id.timestamp.body`. now: UTC ms."""
    stamp = str(now // 1000)
    digest = hmac.new(secret, f"{key}.{stamp}.".encode() + content, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": key, "webhook-timestamp": stamp, "webhook-signature": signature}


def secret_of(text: str) -> bytes:
    """Return the bytes of a secret `whsec_<base64>`. Raises BadSecret."""
    try:
        found = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError as error:
        raise BadSecret(f"must be {SECRET_PREFIX} and base64") from error
    if not text.startswith(SECRET_PREFIX) or not SHORTEST <= len(found) <= LONGEST:
        raise BadSecret(f"must be {SECRET_PREFIX} and base64 of {SHORTEST} to {LONGEST} bytes")
    return found
