"""Parcels and ways for the tests of connectors."""

import base64

from app.boards.messages import ORDER_CREATED, Outgoing, Parcel, outgoing
from app.connectors.guard import Guard
from app.connectors.http import Line
from app.connectors.webhook import SECRET_PREFIX
from app.domain.alerts.message import Message
from app.domain.suggestion import Said
from app.historian.messages import parcel_of

NOW = 1_795_430_400_000
LINE = "site/area/line-1"
KEY_BYTES = b"thirty-two bytes of a real secret"
SECRET = SECRET_PREFIX + base64.b64encode(KEY_BYTES).decode()
HERE = Guard(("127.0.0.1",))
"""Tests speak to loopback: a name like this one has to be allowed."""


def a_line(**more: object) -> Line:
    return Line(HERE, **more)


def an_alert(key: str = "stop|filler|1", to: str = "supervisor", channel: str = "webhook") -> Message:
    title, why = Said("page.downtime"), Said("messages.next_in", {"wait": "5 s"})
    response = Said("own", {"en": "Turn the valve", "de": "Das Ventil drehen"})
    more = {"rule": "hot", "priority": "high", "response": response, "place": "Site \u203a Filler"}
    return Message(key, channel, to, title, why, f"/line/{LINE}", f"{LINE}/filler", NOW, **more)


def a_parcel(channel: str = "webhook", **more: object) -> Parcel:
    return parcel_of(outgoing(an_alert(channel=channel, **more)))


def an_order(kind: str = ORDER_CREATED, number: str = "WO-7") -> Parcel:
    said = {"number": number, "title": "Replace the gripper", "status": "open"}
    return parcel_of(Outgoing(f"{kind}|{number}", "cmms", kind, f"{LINE}/filler", NOW, said))
