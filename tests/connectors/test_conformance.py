"""What every connector promises: the same id with every try, a receipt or why not, nothing secret in what it says."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from app.boards.messages import Parcel
from app.connectors.base import Connector, NotDelivered, Receipt
from app.connectors.cmms import CmmsHttp
from app.connectors.mail import Mail
from app.connectors.webhook import Webhook
from app.connectors.words import Words
from app.domain.decisions.outside import STATUSES
from app.mail.smtp import mail_server
from tests.connectors.made import KEY_BYTES, NOW, SECRET, a_line, a_parcel, an_order
from tests.connectors.receiver import Receiver, a_receiver
from tests.mail.server import Postbox, a_mail_server

TOKEN = "token-that-nobody-reads"
WORDS = Words("https://lineside.plant")


@dataclass
class Rig:
    """A connector with its system. ids: what the system got, in order; busy, refuse: how it answers from now on."""

    way: Connector
    parcel: Parcel
    ids: Callable[[], list[str]]
    busy: Callable[[], None]
    refuse: Callable[[], None]
    gone: Connector


@dataclass
class FakeConnector:
    """A connector for the tests of others, that keeps the same promises. says: raised instead of a receipt."""

    taken: list[str] = field(default_factory=list)
    says: NotDelivered | None = None

    def check(self) -> None:
        if self.says is not None and self.says.is_away:
            raise self.says

    def send(self, parcel: Parcel, now: int) -> Receipt:
        if self.says is not None:
            raise self.says
        self.taken.append(parcel.key)
        return Receipt("taken")


def fake() -> Rig:
    way = FakeConnector()

    def say(error: NotDelivered) -> None:
        way.says = error

    return Rig(
        way,
        a_parcel(),
        lambda: way.taken,
        lambda: say(NotDelivered("busy")),
        lambda: say(NotDelivered("refused", is_final=True)),
        FakeConnector(says=NotDelivered("away", is_away=True)),
    )


def http_rig(receiver: Receiver, make: Callable[[str], Connector], parcel: Parcel, header: str) -> Rig:
    def answer(status: int) -> Callable[[], None]:
        return lambda: receiver.answers.__setitem__(slice(None), [(status, {}, b"no\r\nX: y")])

    return Rig(
        make(receiver.url),
        parcel,
        lambda: [heard.headers[header] for heard in receiver.heard],
        answer(500),
        answer(400),
        make("http://127.0.0.1:1"),
    )


@pytest.fixture(params=["fake", "webhook", "cmms", "mail"])
def rig(request):
    if request.param == "fake":
        yield fake()
    elif request.param == "mail":
        box = Postbox()
        with a_mail_server(box) as port:
            yield mail_rig(box, port)
    else:
        with a_receiver() as receiver:
            makers = {
                "webhook": (lambda url: Webhook(url, KEY_BYTES, a_line(), "s", WORDS), a_parcel(), "webhook-id"),
                "cmms": (
                    lambda url: CmmsHttp(url, TOKEN, a_line(), WORDS, {s: s for s in STATUSES}),
                    an_order(),
                    "idempotency-key",
                ),
            }
            yield http_rig(receiver, *makers[request.param])


def mail_rig(box: Postbox, port: int) -> Rig:
    def way(at: int) -> Mail:
        server = mail_server(f"smtp+plain://127.0.0.1:{at}")
        return Mail("ada@plant.example", "lineside@plant.example", WORDS, server.deliver, server.check)

    def ids() -> list[str]:
        return [message["Message-ID"][1:41] for message in box.taken]

    def answer(text: str) -> Callable[[], None]:
        return lambda: setattr(box, "to_data", text)

    return Rig(way(port), a_parcel("mail"), ids, answer("451 busy"), answer("550 no such"), way(1))


def test_it_is_taken_with_a_receipt_and_its_id(rig: Rig) -> None:
    rig.way.check()
    receipt = rig.way.send(rig.parcel, NOW)
    assert receipt.answer
    assert "\n" not in receipt.answer
    assert [rig.parcel.key.startswith(found) for found in rig.ids()] == [True]


def test_a_second_try_carries_the_same_id(rig: Rig) -> None:
    rig.way.send(rig.parcel, NOW)
    rig.way.send(rig.parcel, NOW + 60_000)
    first, second = rig.ids()
    assert first == second


def test_a_busy_system_is_tried_again(rig: Rig) -> None:
    rig.busy()
    with pytest.raises(NotDelivered) as caught:
        rig.way.send(rig.parcel, NOW)
    assert not caught.value.is_final


def test_a_refusal_is_final(rig: Rig) -> None:
    rig.refuse()
    with pytest.raises(NotDelivered) as caught:
        rig.way.send(rig.parcel, NOW)
    assert caught.value.is_final
    assert "\n" not in str(caught.value)


def test_an_absent_system_is_away_and_says_so(rig: Rig) -> None:
    for ask in (rig.gone.check, lambda: rig.gone.send(rig.parcel, NOW)):
        with pytest.raises(NotDelivered) as caught:
            ask()
        assert (caught.value.is_away, caught.value.is_final) == (True, False)


def test_nothing_secret_is_in_what_it_says_of_itself(rig: Rig) -> None:
    said = repr(rig.way)
    for secret in (TOKEN, SECRET, KEY_BYTES.decode(), "/hook"):
        assert secret not in said
