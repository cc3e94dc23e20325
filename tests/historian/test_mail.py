"""The outbox on both databases: a letter is written once and claimed by one."""

import threading
from dataclasses import replace

from app.boards.mail import Letter, Subscription
from app.historian.mail import Outbox, Subscriptions


def letter(key: str) -> Letter:
    return Letter(key, "ada", "ada@plant.example", "site", "2026-11-23", None, "pdf", "en", 1_000, next_at=1_000)


def test_a_letter_is_written_once_whoever_writes_it_how_often(db) -> None:
    assert Outbox(db).put([letter("a"), letter("b")]) == 2
    assert Outbox(db).put([letter("b"), letter("c")]) == 1
    assert len(Outbox(db).newest(10)) == 3
    assert Outbox(db).counted() == {"pending": 3}


def test_of_many_senders_each_letter_is_claimed_by_one(db) -> None:
    Outbox(db).put([letter(str(n)) for n in range(20)])
    claimed: list[str] = []

    def send() -> None:
        box = Outbox(db)
        while found := box.claim(2_000, 9_000):
            claimed.append(found.key)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(str(n) for n in range(20))


def test_a_claim_that_ran_out_is_taken_over_and_its_first_holder_writes_nothing(db) -> None:
    box = Outbox(db)
    box.put([letter("a")])
    first = box.claim(2_000, 9_000)
    assert box.claim(8_999, 20_000) is None
    second = box.claim(9_000, 20_000)
    assert (second.is_again, second.attempts) == (True, 2)
    assert not box.settle(first, replace(first, state="sent"))
    assert box.settle(second, replace(second, state="sent"))
    assert box.let_go(1_001) == 1


def test_a_subscription_is_one_for_each_person_place_and_rhythm(db) -> None:
    desk, wanted = Subscriptions(db), Subscription("ada", "site", "day", "ada@plant.example", "pdf", "en", 1)
    desk.put(wanted)
    desk.put(replace(wanted, form="csv"))
    desk.put(replace(wanted, rhythm="shift"))
    assert [(s.rhythm, s.form) for s in desk.all("ada")] == [("day", "csv"), ("shift", "pdf")]
    assert desk.remove("ada", "site", "day")
    assert not desk.remove("ada", "site", "day")
    assert len(desk.all()) == 1
