"""Did this request come from our own pages? The cross-site check of every state change (after OWASP and Go 1.25).

Browsers say so by `Sec-Fetch-Site` and `Origin`; a page elsewhere cannot forge them. What says nothing is no browser:
only doors that do not live on cookies alone accept it.
"""

from collections.abc import Mapping
from enum import Enum
from urllib.parse import urlsplit


class Evidence(Enum):
    """What a request's headers prove about where it was sent from."""

    SAME = "same"
    CROSS = "cross"
    NONE = "none"


def evidence(headers: Mapping[str, str], host: str, public_url: str | None) -> Evidence:
    """Return what the headers prove; any sign of another site wins over signs of ours.

    host: the request's Host header. public_url: our address where a proxy stands in front.
    """
    found = [_by_fetch_site(headers.get("Sec-Fetch-Site")), _by_origin(headers.get("Origin"), host, public_url)]
    if Evidence.CROSS in found:
        return Evidence.CROSS
    return Evidence.SAME if Evidence.SAME in found else Evidence.NONE


def _by_fetch_site(value: str | None) -> Evidence:
    if value is None:
        return Evidence.NONE
    return Evidence.SAME if value in ("same-origin", "none") else Evidence.CROSS


def _by_origin(origin: str | None, host: str, public_url: str | None) -> Evidence:
    if origin is None:
        return Evidence.NONE
    ours = {host.lower(), urlsplit(public_url or "").netloc.lower()} - {""}
    return Evidence.SAME if urlsplit(origin).netloc.lower() in ours else Evidence.CROSS
