"""Names of streams, keys and fields: all of them, derived from the line's path."""

FIELD = "e"


def events(line: str) -> str:
    """Stream in: what machines and people said about the line `site/area/line`."""
    return f"events:{{{line}}}"


def demand(site: str) -> str:
    """Stream in: orders and forecasts wanted of a site, one an entry."""
    return f"demand:{{{site}}}"


def quarantine(line: str) -> str:
    """Stream of refused entries of a line's events or a site's demand: fields e (raw), reason, id (of the entry)."""
    return f"quarantine:{{{line}}}"


def refused_from(place: str) -> str:
    """Return the stream on which the refused entries of a place were: a site has no slash, a line has two."""
    return events(place) if "/" in place else demand(place)


def state(line: str) -> str:
    """Hash: the engine's checkpoint (`id` last entry, `token` fencing, `ledger`, `counters`, `watch`)."""
    return f"state:{{{line}}}"


def pages(line: str) -> str:
    """Hash: the inputs of past days, field `machine-path|day`, for corrections of the past."""
    return f"pages:{{{line}}}"


def live(line: str) -> str:
    """String: the last snapshot (the line's board); also the channel it is published on."""
    return f"live:{{{line}}}"


def signals(line: str) -> str:
    """String: what the line's signals say now and how far they keep their rules; written every few seconds."""
    return f"signals:{{{line}}}"


def facts(line: str) -> str:
    """Stream out: facts for the historian."""
    return f"facts:{{{line}}}"


def history(line: str) -> str:
    """String: the entry of `facts:{L}` up to which the historian has everything in SQL."""
    return f"history:{{{line}}}"


def archived(line: str) -> str:
    """String: the entry of `events:{L}` up to which the archive has everything; missing where none is kept."""
    return f"archived:{{{line}}}"


def late(line: str) -> str:
    """String: where on `events:{L}` events are that arrived long after they happened, by hour (JSON)."""
    return f"late:{{{line}}}"


def lease(line: str) -> str:
    """String: owner and fencing token of the engine that owns the line."""
    return f"lease:{{{line}}}"


def seen(line: str) -> str:
    """Sorted set of recently accepted identities at the HTTP door: `duplicate` is answered without the engine."""
    return f"seen:{{{line}}}"


def persons(line: str) -> str:
    """Hash: how far each person's sequence on the line has come, and its epoch (fields seq|source, epoch|source)."""
    return f"persons:{{{line}}}"


def said(line: str, about: str) -> str:
    """String: the last thing a person said about one stop, or the receipt of one command key; it expires."""
    return f"said:{{{line}}}:{about}"
