"""Rows of an exported file as samples; what cannot be one is refused with its row and why. Pure.

JSONL: {"address": "Filler/Total", "value": 12, "t": "2026-11-23T06:00:00+01:00", "status": "good"} a line.
CSV, long: columns address, value, t and perhaps status. CSV, wide: a column t, and one for each address.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

import msgspec

from app.domain.events.contract import ValueStatus
from gateways.base import Sample, Scalar

STATUSES = ("good", "uncertain", "bad")
FIRST, LAST = 946_684_800_000, 253_402_300_799_999
"""Times from 2000 on: what is before is seconds where ms should be; the end is that of the event contract."""
WHOLE = 1 << 63
_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]*)?(?:[eE][-+]?[0-9]+)?")
_DOUBTFUL = re.compile(r"[-+]?[0-9]+[.,][0-9]+|[-+]?[0-9]{1,3}(?:[.,' ][0-9]{3})+(?:[.,][0-9]+)?")
"""A number with the other mark, or with marks of thousands: 1,5 or 1.234,5 or 1'234.5."""
TIME = "t"
LONG = ("address", "value")


class Form(msgspec.Struct, frozen=True):
    """How a file is written. zone: of times without an offset, None: such a time is refused.

    texts: addresses that stay text though they look a number, such as an order `0042`.
    """

    delimiter: str
    decimal: str
    zone: ZoneInfo | None
    texts: frozenset[str] = frozenset()


class Refused(NamedTuple):
    """A row that says nothing: its number in the file (the first is 1), its text, and what would be right."""

    row: int
    text: str
    why: str


class BadRow(ValueError):
    """A row cannot be read; the text says what of it, and what would be right."""


def samples_of(name: str, text: str, form: Form) -> Iterator[list[Sample] | Refused]:
    """Yield what each row of a file says, in order. Raises BadRow when its head cannot be right."""
    try:
        yield from _jsonl(text, form) if ".jsonl" in name.lower() else _csv(text, form)
    except csv.Error as error:
        raise BadRow(f"is no table: {error}") from error


def _jsonl(text: str, form: Form) -> Iterator[list[Sample] | Refused]:
    for at, row in enumerate(text.splitlines(), 1):
        if not row.strip():
            continue
        try:
            said = json.loads(row, parse_constant=_no_number)
            if not isinstance(said, dict):
                raise BadRow("must be an object such as {...}")
            yield [_sample(said, form)]
        except (ValueError, RecursionError) as error:
            yield Refused(at, row, str(error))


def _csv(text: str, form: Form) -> Iterator[list[Sample] | Refused]:
    reader = csv.reader(io.StringIO(text), delimiter=form.delimiter)
    head = [column.strip() for column in next(reader, [])]
    is_long = set(LONG) <= set(head)
    if TIME not in head or (len(head) < 2 and not is_long):
        raise BadRow(f"the first row must name the columns, {TIME} among them; is {', '.join(head) or 'empty'}")
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        try:
            if len(row) != len(head):
                raise BadRow(f"has {len(row)} columns, the first row {len(head)}")
            said = dict(zip(head, (cell.strip() for cell in row), strict=True))
            yield [_sample(said, form)] if is_long else _wide(said, form)
        except ValueError as error:
            yield Refused(reader.line_num, form.delimiter.join(row), str(error))


def _wide(said: Mapping[str, str], form: Form) -> list[Sample]:
    t = _time(said[TIME], form)
    told = ((address, cell) for address, cell in said.items() if address != TIME and cell != "")
    return [Sample(address, _value(address, cell, form), t, stored=True) for address, cell in told]


def _sample(said: Mapping[str, object], form: Form) -> Sample:
    address, status = said.get("address"), said.get("status") or "good"
    if not isinstance(address, str) or not address:
        raise BadRow("address: must be a text")
    if status not in STATUSES:
        raise BadRow(f"status {status!r}: must be one of {', '.join(STATUSES)}")
    value = said.get("value")
    if isinstance(value, dict | list):
        raise BadRow("value: must be a number, a text, true, false or null")
    known = _value(address, value, form) if isinstance(value, str) else cast(Scalar, value)
    if isinstance(known, int) and abs(known) >= WHOLE:
        known = float(known)
    if status == "bad" or known == "":
        known, status = None, "bad"
    return Sample(address, known, _time(said.get(TIME), form), cast(ValueStatus, status), stored=True)


def _value(address: str, text: str, form: Form) -> Scalar:
    """Return a number where the text is one as the file writes numbers, else the text. Raises BadRow for a doubtful."""
    if address in form.texts:
        return text
    if _NUMBER.fullmatch(text) and ("," if form.decimal == "." else ".") not in text:
        plain = text.replace(",", ".")
        return int(plain) if plain.lstrip("+-").isdecimal() and len(plain) < 19 else float(plain)
    if _DOUBTFUL.fullmatch(text):
        raise BadRow(f"{address} {text}: is it a number? It must be such as 1234{form.decimal}5 (key `decimal`)")
    return text


def _no_number(word: str) -> Scalar:
    raise BadRow(f"value: {word} is no number")


def _time(said: object, form: Form) -> int:
    """Return a time as UTC ms: ISO 8601, or ms since 1970."""
    found = _ms(said, form)
    if not FIRST <= found <= LAST:
        raise BadRow(f"{TIME} {said!r}: must be in 2000 or later; a number is ms since 1970, not seconds")
    return found


def _ms(said: object, form: Form) -> int:
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    text = said if isinstance(said, str) else ""
    if text.isdecimal() and len(text) > len("20261123"):
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRow(f"{TIME} {said!r}: must be such as 2026-11-23T06:00:00+01:00, or UTC ms") from error
    if found.tzinfo is None:
        if form.zone is None:
            raise BadRow(f"{TIME} {text}: has no offset such as +01:00; or say `timezone` at the source")
        local = found.replace(tzinfo=form.zone)
        if local.astimezone(UTC).astimezone(form.zone).replace(tzinfo=None) != found:
            raise BadRow(f"{TIME} {text}: there was no such time in {form.zone.key}: the clocks went forward")
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            raise BadRow(f"{TIME} {text}: was twice in {form.zone.key}: the clocks went back; write the offset")
        found = local
    return round(found.timestamp() * 1000)
