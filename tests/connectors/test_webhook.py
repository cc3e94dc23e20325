"""Webhooks against a real HTTP server: what is sent and how it is signed, and every way in which it goes wrong."""

import base64
import hashlib
import hmac
import json
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app.boards.messages import outgoing
from app.connectors.base import NotDelivered
from app.connectors.http import LONGEST_WAIT_MS, Line, retry_after
from app.connectors.webhook import BadSecret, Webhook, secret_of
from app.connectors.words import Words
from app.domain.suggestion import Said
from app.historian.messages import parcel_of
from app.logs import set_up_logs
from tests.connectors.made import HERE, KEY_BYTES, LINE, NOW, SECRET, a_line, a_parcel, an_alert
from tests.connectors.receiver import Receiver, a_receiver
from tests.mail.server import certificate

BASE = "https://lineside.plant"


@pytest.fixture
def receiver():
    with a_receiver() as found:
        yield found


def to(receiver: Receiver, line: Line | None = None, lang: str = "en", path: str = "/hook") -> Webhook:
    return Webhook(receiver.url + path, KEY_BYTES, line or a_line(), BASE, Words(BASE, lang))


def test_it_posts_a_cloud_event_in_words_and_for_programs(receiver: Receiver) -> None:
    parcel = a_parcel()
    to(receiver, lang="de").send(parcel, NOW + 5)
    (heard,) = receiver.heard
    event = json.loads(heard.body)
    data = event.pop("data")
    assert (heard.method, heard.path) == ("POST", "/hook")
    assert heard.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert event == {
        "specversion": "1.0",
        "id": parcel.key,
        "source": BASE,
        "type": "lineside.alert",
        "subject": f"{LINE}/filler",
        "time": "2026-11-23T10:40:00.000+00:00",
        "datacontenttype": "application/json",
    }
    assert (data["title"], data["title_key"], data["to"]) == ("Stillstand", "page.downtime", "supervisor")
    assert (data["response"], data["rule"], data["priority"]) == ("Das Ventil drehen", "hot", "high")
    assert data["place"] == "Site \u203a Filler"
    assert (data["why"], data["link"]) == ("erneut in 5 s", f"{BASE}/line/{LINE}")


def test_the_signature_is_the_one_of_standard_webhooks(receiver: Receiver) -> None:
    parcel = a_parcel()
    to(receiver).send(parcel, NOW)
    (heard,) = receiver.heard
    stamp, key = heard.headers["webhook-timestamp"], heard.headers["webhook-id"]
    signed = f"{key}.{stamp}.".encode() + heard.body
    digest = hmac.new(base64.b64decode(SECRET.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert heard.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert (key, stamp) == (parcel.key, str(NOW // 1000))


def test_a_later_try_has_a_new_time_and_the_same_id_and_body(receiver: Receiver) -> None:
    way, parcel = to(receiver), a_parcel()
    way.send(parcel, NOW)
    way.send(replace(parcel, attempts=3, is_again=True), NOW + 3_600_000)
    first, second = receiver.heard
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 3_600


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(301, True), (302, True), (307, True), (400, True), (401, True), (404, True), (410, True), (422, True),
     (408, False), (425, False), (429, False), (500, False), (502, False), (503, False), (504, False)],
)  # fmt: skip
def test_what_a_status_means(receiver: Receiver, status: int, is_final: bool) -> None:
    receiver.answers[:] = [(status, {"location": "http://169.254.169.254/latest/"}, b"no")]
    with pytest.raises(NotDelivered) as caught:
        to(receiver).send(a_parcel(), NOW)
    assert caught.value.is_final is is_final
    assert str(status) in str(caught.value)
    assert len(receiver.heard) == 1
    assert "169.254" not in str(caught.value)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_taken(receiver: Receiver, status: int) -> None:
    receiver.answers[:] = [(status, {}, b"")]
    assert to(receiver).send(a_parcel(), NOW).answer == str(status)


def test_a_receiver_may_say_when_to_come_again(receiver: Receiver) -> None:
    receiver.answers[:] = [(503, {"Retry-After": "120"}, b"")]
    with pytest.raises(NotDelivered) as caught:
        to(receiver).send(a_parcel(), NOW)
    assert (caught.value.after_ms, caught.value.is_away) == (120_000, True)


def test_times_to_come_again_as_they_may_be_written() -> None:
    at = format_datetime(datetime.fromtimestamp(NOW / 1000 + 90, UTC), usegmt=True)
    assert retry_after({"retry-after": at}, NOW) == 90_000
    assert retry_after({"retry-after": "0"}, NOW) == 0
    assert retry_after({"retry-after": "999999999"}, NOW) == LONGEST_WAIT_MS
    assert retry_after({"retry-after": format_datetime(datetime.fromtimestamp(0, UTC), usegmt=True)}, NOW) == 0
    for odd in ("", "soon", "-5", "1e3", "99999999999999999999", "\u0663"):
        assert retry_after({"retry-after": odd}, NOW) is None


def test_a_receiver_that_never_answers_is_left_and_may_have_taken_it(receiver: Receiver) -> None:
    receiver.goes.clear()
    with pytest.raises(NotDelivered) as caught:
        to(receiver, Line(HERE, total_s=0.3)).send(a_parcel(), NOW)
    assert (caught.value.is_unsure, caught.value.is_away, caught.value.is_final) == (True, True, False)


def test_a_receiver_that_drips_is_cut_off_in_time(receiver: Receiver) -> None:
    receiver.drips = True
    began = time.monotonic()
    with pytest.raises(NotDelivered) as caught:
        to(receiver, Line(HERE, total_s=0.4)).send(a_parcel(), NOW)
    assert caught.value.is_unsure
    assert time.monotonic() - began < 5


def test_a_flood_of_an_answer_is_read_no_further_than_its_bound(receiver: Receiver) -> None:
    receiver.answers[:] = [(200, {}, b"a" * 5_000_000)]
    receipt = to(receiver, Line(HERE, most_bytes=1_000)).send(a_parcel(), NOW)
    assert len(receipt.answer) <= 300
    assert len(to(receiver).line.ask("GET", receiver.url, {}).text) == 1_000_000


def test_an_answer_cannot_write_into_a_log_or_page(receiver: Receiver) -> None:
    receiver.answers[:] = [(400, {}, b"no\r\n\x1b[31mERROR\x00\xe2\x80\xae fake")]
    with pytest.raises(NotDelivered) as caught:
        to(receiver).send(a_parcel(), NOW)
    assert str(caught.value) == "400 no [31mERROR fake"


def test_no_proxy_of_the_environment_sees_it(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert to(receiver).send(a_parcel(), NOW).answer.startswith("200")


@pytest.fixture
def logs_as_in_production():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logs("debug")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_neither_address_nor_secret_is_logged(
    receiver: Receiver, logs_as_in_production: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """httpx logs every address it asks, which for many webhooks is the secret."""
    set_up_logs("debug")
    logging.getLogger("app.connectors").debug("logs are heard")
    to(receiver, path="/T0/secret-in-path?key=hidden").send(a_parcel(), NOW)
    said = capsys.readouterr().err
    assert "logs are heard" in said
    for secret in ("secret-in-path", "hidden", SECRET, KEY_BYTES.decode()):
        assert secret not in said


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_AAAA", "not-base64", f"{SECRET}!", SECRET[6:], "whsec_\u00e9"])
def test_a_secret_that_cannot_be_right_is_refused_without_saying_it(text: str) -> None:
    with pytest.raises(BadSecret) as caught:
        secret_of(text)
    assert len(text) < 8 or text not in str(caught.value)
    assert secret_of(SECRET) == KEY_BYTES


def test_a_text_nobody_has_goes_out_by_its_key_and_a_field_nobody_said_as_a_dash() -> None:
    odd = replace(an_alert(), title=Said("rules.mine"), why=Said("messages.next_in", {"odd": 1}))
    found = Words(BASE).of(parcel_of(outgoing(odd)))
    assert (found["title"], found["why"]) == ("rules.mine", "again in \u2013")


def test_a_receiver_without_tls_or_with_a_strange_certificate_is_told_in_words(receiver: Receiver, tmp_path) -> None:
    url = receiver.url.replace("http://", "https://")
    hook = Webhook(url, KEY_BYTES, a_line(), BASE, Words(BASE))
    for ask in (hook.check, lambda: hook.send(a_parcel(), NOW)):
        with pytest.raises(NotDelivered, match="it speaks no TLS at this port"):
            ask()
    serves, _ = certificate(tmp_path)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = serves.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hook = Webhook(f"https://127.0.0.1:{server.server_port}/", KEY_BYTES, a_line(), BASE, Words(BASE))
    try:
        for ask in (hook.check, lambda: hook.send(a_parcel(), NOW)):
            with pytest.raises(NotDelivered, match="its certificate is not believed: self-signed"):
                ask()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
