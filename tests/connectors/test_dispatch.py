"""Sending what is written down: at least once with the same id, tried again with pauses, given up, never forgotten."""

from dataclasses import dataclass, field

import pytest

from app.boards.messages import Outgoing, Parcel
from app.connectors.base import Connector, NotDelivered, Receipt
from app.connectors.mail import Mail
from app.connectors.registry import MailServed, Ways
from app.connectors.targets import MailTarget, Targets, WebhookTarget
from app.connectors.words import Words
from app.decider.beside import Beside
from app.decider.delivery import delivery_parts
from app.decider.dispatch import (
    CLAIM_MS,
    FIRST_PAUSE_MS,
    KEEP_MS,
    LONGEST_PAUSE_MS,
    LONGEST_REST_MS,
    MOST_EACH,
    MOST_TRIES,
    Dispatch,
)
from app.domain.interval import DAY_MS
from app.historian.database import migrate, open_database
from app.historian.messages import Messages
from tests.connectors.made import HERE, LINE, NOW, SECRET, an_alert
from tests.connectors.receiver import a_receiver
from tests.connectors.test_conformance import FakeConnector


@pytest.fixture
def db(tmp_path):
    found = open_database(None, tmp_path)
    migrate(found)
    yield found
    found.dispose()


@dataclass
class Post:
    """A dispatcher with fake targets a and b, both of which want everything. now: moved by tests."""

    db: object
    ways: dict[str, Connector] = field(default_factory=lambda: {"a": FakeConnector(), "b": FakeConnector()})
    names: list[str] = field(default_factory=lambda: ["a"])
    now: int = NOW

    def __post_init__(self) -> None:
        self.store = Messages(self.db)
        self.dispatch = Dispatch(self.store, self.ways, lambda parcel: self.names)

    def round(self, later: int = 0) -> list[Parcel]:
        self.now += later
        self.dispatch.step(self.now)
        return self.store.newest(99)


@pytest.fixture
def post(db) -> Post:
    return Post(db)


def test_each_target_that_wants_it_gets_it_once(post: Post) -> None:
    post.names = ["a", "b"]
    for _ in range(3):
        post.store.put([an_alert()])
        found = post.round(60_000)
    assert [(p.state, p.answer, p.sent_at) for p in found] == [("sent", "taken", NOW + 60_000)] * 2
    assert len(post.ways["a"].taken) == len(post.ways["b"].taken) == 1
    assert post.ways["a"].taken != post.ways["b"].taken


def test_a_kill_between_sending_and_writing_down_sends_it_again_with_the_same_id(post: Post) -> None:
    """What a kill leaves is a claimed row: the receiver has it, nobody wrote so down."""

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    post.store.put([an_alert()])
    dying = Dispatch(post.store, post.ways, lambda parcel: post.names, killed)
    with pytest.raises(Killed):
        dying.step(NOW)
    assert len(post.ways["a"].taken) == 1
    assert [p.state for p in post.round(CLAIM_MS - 1)] == ["sending"]
    (found,) = post.round(1)
    assert (found.state, found.attempts, found.is_again) == ("sent", 2, True)
    assert len(post.ways["a"].taken) == 2
    assert len(set(post.ways["a"].taken)) == 1


def test_a_busy_target_is_tried_again_with_longer_pauses_until_it_is_given_up(post: Post) -> None:
    post.store.put([an_alert()])
    post.ways["a"].says = NotDelivered("500 busy")
    (found,) = post.round()
    pauses = []
    while found.state == "failed":
        pauses.append(found.next_at - post.now)
        assert [p.attempts for p in post.round(pauses[-1] - 1)] == [found.attempts]
        (found,) = post.round(1)
    assert pauses[:4] == [FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS, 4 * FIRST_PAUSE_MS, 8 * FIRST_PAUSE_MS]
    assert pauses[-1] == LONGEST_PAUSE_MS
    assert DAY_MS < sum(pauses) < 2 * DAY_MS
    assert (found.state, found.attempts, found.answer) == ("dead", MOST_TRIES, "500 busy")


def test_a_dead_one_is_sent_again_with_its_id_once_the_cause_is_mended(post: Post) -> None:
    post.store.put([an_alert()])
    post.ways["a"].says = NotDelivered("400 no", is_final=True)
    (found,) = post.round()
    assert (found.state, found.attempts) == ("dead", 1)
    post.ways["a"].says = None
    assert [p.state for p in post.round(DAY_MS)] == ["dead"]
    post.store.again(found.key, post.now)
    assert [p.state for p in post.round()] == ["sent"]
    assert post.ways["a"].taken == [found.key]


def test_a_target_that_asks_for_peace_gets_it_for_everything_and_others_go_on(post: Post) -> None:
    post.names = ["a", "b"]
    post.store.put([an_alert(str(n)) for n in range(3)])
    post.ways["a"].says = NotDelivered("429", is_away=True, after_ms=90_000)
    found = post.round()
    assert len(post.ways["b"].taken) == 3
    assert sorted(p.attempts for p in found if p.target == "a") == [0, 0, 1]
    post.ways["a"].says = None
    assert sorted(p.attempts for p in post.round(89_999) if p.target == "a") == [0, 0, 1]
    assert all(p.state == "sent" for p in post.round(1))


def test_a_target_that_stays_away_is_left_alone_longer_each_time_until_it_answers(post: Post) -> None:
    post.store.put([an_alert(str(n)) for n in range(9)])
    post.ways["a"].says = NotDelivered("no answer", is_away=True, is_unsure=True)
    tried, pauses = 1, []
    post.round()
    while len(pauses) < 7:
        pauses.append(0)
        while sum(p.attempts for p in post.store.newest(99)) == tried:
            pauses[-1] += 1_000
            post.round(1_000)
        tried += 1
    assert pauses == [5_000, 10_000, 20_000, 40_000, 80_000, LONGEST_REST_MS, LONGEST_REST_MS]
    post.ways["a"].says = None
    post.round(LONGEST_REST_MS)
    post.store.put([an_alert("one more")])
    post.ways["a"].says = NotDelivered("no answer", is_away=True)
    post.round(1)
    assert post.dispatch._resting["a"] == post.now + FIRST_PAUSE_MS


def test_what_waited_behind_a_slow_receiver_is_signed_with_the_time_at_which_it_goes(post: Post) -> None:
    """A receiver refuses what was signed minutes ago."""
    signed: list[int] = []

    class Slow(FakeConnector):
        def send(self, parcel: Parcel, now: int) -> Receipt:
            signed.append(now)
            post.now += 14_000
            return super().send(parcel, now)

    post.ways["a"] = Slow()
    post.store.put([an_alert(str(n)) for n in range(3)])
    post.dispatch = Dispatch(post.store, post.ways, lambda parcel: post.names, clock=lambda: post.now)
    found = post.round()
    assert signed == [NOW, NOW + 14_000, NOW + 28_000]
    assert sorted(p.sent_at for p in found) == [NOW + 14_000, NOW + 28_000, NOW + 42_000]


def test_all_addresses_rest_when_the_mail_server_is_away(post: Post) -> None:
    tries: list[str] = []

    def away(message: object) -> None:
        tries.append(message["To"])
        raise NotDelivered("no server", is_away=True)

    for name in ("x", "y"):
        post.ways[name] = Mail(f"{name}@plant.example", "l@plant.example", Words(), away, lambda: None)
    post.names = ["x", "y"]
    post.store.put([an_alert(channel="mail")])
    post.round()
    assert len(tries) == 1
    post.round(FIRST_PAUSE_MS)
    assert len(tries) == 2


def test_what_reaches_nobody_of_a_role_is_told_and_can_be_sent_once_somebody_is_set_up(
    post: Post,
) -> None:
    post.names = []
    post.store.put([an_alert()])
    (found,) = post.round()
    assert (found.state, found.answer) == ("dead", "no target is set up for webhook to supervisor")
    post.names = ["a", "b"]
    post.store.again(found.key, post.now)
    assert [p.state for p in post.round()] == ["sent", "sent"]


def test_news_for_whoever_listens_goes_when_nobody_does(post: Post) -> None:
    post.names = []
    post.store.put([Outgoing("k", "webhook", "lineside.workorder.created", LINE, NOW)])
    assert post.round() == []


def test_a_target_that_was_taken_out_of_the_file_is_a_dead_letter(post: Post) -> None:
    post.store.put([an_alert()])
    post.names = ["gone"]
    (found,) = post.round()
    assert found.state == "dead"
    assert "'gone' is not set up" in found.answer


def test_a_message_that_breaks_its_connector_stops_no_other(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeConnector):
        def send(self, parcel: Parcel, now: int) -> Receipt:
            raise KeyError("token-in-an-error")

    post.ways["a"] = Broken()
    post.names = ["a", "b"]
    post.store.put([an_alert()])
    states = {p.target: (p.state, p.answer) for p in post.round()}
    assert states == {"a": ("failed", "could not be made: KeyError"), "b": ("sent", "taken")}


def test_a_round_is_bounded_and_the_next_goes_on(post: Post) -> None:
    post.store.put([an_alert(str(n)) for n in range(MOST_EACH)])
    done = [len(post.ways["a"].taken)]
    while done[-1] < MOST_EACH:
        post.round(1)
        done.append(len(post.ways["a"].taken))
        assert len(done) < 9
    assert done[1] < MOST_EACH


def test_what_is_done_with_is_forgotten_after_its_time(post: Post) -> None:
    post.store.put([an_alert()])
    post.round()
    assert len(post.round(KEEP_MS)) == 1
    assert post.round(1) == []


def test_a_slow_receiver_holds_up_nobody_and_what_goes_wrong_beside_is_said(db) -> None:
    """The decider's other parts run while a request waits; the part is not begun twice."""
    with a_receiver() as receiver:
        receiver.goes.clear()
        hook = WebhookTarget(name="slow", url=receiver.url, secret=SECRET)
        (part,) = delivery_parts(db, Ways(Targets(webhook=(hook,)), HERE, "https://lineside.plant"))
        Messages(db).put([an_alert()])
        part.step(NOW)
        part.step(NOW + 2_000)
        receiver.goes.set()
        part.step.wait(20)
        assert [p.state for p in Messages(db).newest(9)] == ["sent"]
        assert len(receiver.heard) == 1


def test_what_went_wrong_beside_is_raised_at_the_next_step_once() -> None:
    def wrong(now: int) -> None:
        if now == 1:
            raise LookupError("odd")

    step = Beside(wrong)
    step(1)
    step.wait(20)
    with pytest.raises(LookupError, match="odd"):
        step(2)
    step.wait(20)
    step(3)


def test_no_mail_server_means_no_way_to_an_address() -> None:
    targets = Targets(mail=(MailTarget(name="ada", address="ada@plant.example", roles=("supervisor",)),))
    assert Ways(targets).connectors() == {}
    served = MailServed("l@plant.example", lambda message: None, lambda: None)
    assert list(Ways(targets, mail=served).connectors()) == ["ada"]
