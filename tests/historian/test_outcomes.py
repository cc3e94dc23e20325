"""What decisions brought, measured over a real database from the hours the historian wrote."""

import random

import pytest

from app.decider.outcomes import OutcomeKeeper
from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components, Episode
from app.domain.accounting.facts import HourFact
from app.domain.interval import DAY_MS, HOUR_MS, Interval
from app.domain.suggestion import Decision
from app.historian.accounts import Accounts
from app.historian.auth_schema import users
from app.historian.effects import effects, once
from app.historian.shift_units import units_by_shift
from app.historian.suggestions import CLAIM_MS, Suggestions
from app.historian.usage import reasoned, sign_ins_by_role
from app.historian.writer import write
from tests.makers import THREE_SHIFTS, a_plant, utc_ms
from tests.suggested import a_suggestion

EVERY_DAY = [{**shift, "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]} for shift in THREE_SHIFTS]
PLANT = a_plant(line={"shifts": EVERY_DAY}, timezone="UTC")
LINE = PLANT.line("site/area/line-1")
MACHINE = LINE.machines[0].path
FIRST = utc_ms("2026-10-01T06:00")
DECIDED = FIRST + 14 * DAY_MS + HOUR_MS
NOW = FIRST + 25 * DAY_MS


def hours(good, *, first=FIRST, last=NOW, unknown=lambda hour: 0):
    """Hours of the line; good: hour start -> units."""
    found = []
    for start in range(first, last, HOUR_MS):
        shift, spent = LINE.calendar.at(start), [0] * 9
        spent[Bucket.UNKNOWN] = unknown(start)
        spent[Bucket.RUNNING] = HOUR_MS - spent[Bucket.UNKNOWN]
        cell = Cell(CellKey(LINE.path, start, shift.key, None, None), Components(tuple(spent), good=good(start)))
        found.append(HourFact(LINE.path, start, 1, start + HOUR_MS, [cell], []))
    return found


def better_by(units_per_hour, seed=1):
    chance = random.Random(seed)
    night = {"early": 0, "late": 0, "night": -40}

    def good(start):
        usual = 100 + night[LINE.calendar.at(start).name] + chance.randint(-6, 6)
        return usual + (units_per_hour if start >= DECIDED else 0)

    return good


@pytest.fixture
def store(db):
    found = Suggestions(db)
    found.put([a_suggestion("k", equipment=MACHINE), a_suggestion("call", equipment=MACHINE, gain=None)], DECIDED)
    return found


def test_a_decision_is_measured_from_hours_and_measured_again_when_there_is_more(db, store) -> None:
    keeper = OutcomeKeeper(db, PLANT)
    store.decide(Decision("k", "accepted", "sue", DECIDED))
    store.decide(Decision("call", "accepted", "sue", DECIDED))
    keeper.step(DECIDED + HOUR_MS)
    word = store.get("k").outcome.word
    assert (word.key, word.fields) == ("outcomes.word.too_few", {"missing_before": 5, "missing_after": 3})
    write(db, LINE.path, b"0-0", hours(better_by(20)), b"1-0", NOW)
    keeper.step(NOW)
    found = store.get("k").outcome
    assert (found.n_before, found.n_after, found.word.key) == (30, 30, "outcomes.word.better")
    assert found.low < 160 < found.high
    assert found.high - found.low < 30
    assert store.get("call").outcome is None
    keeper.step(NOW + 1)
    assert store.get("k").outcome == found


def test_what_changed_nothing_is_called_chance(db, store) -> None:
    store.decide(Decision("k", "accepted", "sue", DECIDED))
    write(db, LINE.path, b"0-0", hours(better_by(0)), b"1-0", NOW)
    OutcomeKeeper(db, PLANT).step(NOW)
    found = store.get("k").outcome
    assert found.word.key == "outcomes.word.chance"
    assert found.low < 0 < found.high


def test_a_decision_of_the_same_day_shares_the_measurement_and_is_counted_once(db, store) -> None:
    store.put([a_suggestion("twin", equipment=MACHINE)], DECIDED)
    store.decide(Decision("k", "accepted", "sue", DECIDED))
    store.decide(Decision("twin", "accepted", "eva", DECIDED + HOUR_MS))
    write(db, LINE.path, b"0-0", hours(better_by(20)), b"1-0", NOW)
    found = effects(db, PLANT, store.decided(0), NOW)
    assert found["k"] == found["twin"]
    assert [one.effect.others for one in once(found)] == [1]


def test_only_accepted_decisions_of_lines_in_the_plant_are_measured(db, store) -> None:
    store.put([a_suggestion("gone", equipment="site/area/line-9")], DECIDED)
    store.decide(Decision("k", "wrong", "sue", DECIDED))
    store.decide(Decision("gone", "accepted", "sue", DECIDED))
    OutcomeKeeper(db, PLANT).step(NOW)
    assert [kept.outcome for kept in store.decided(0)] == [None, None]


def test_a_shift_half_told_or_half_unknown_says_so(db) -> None:
    first = FIRST + 4 * HOUR_MS
    facts = hours(lambda _: 10, first=first, last=FIRST + 16 * HOUR_MS, unknown=lambda h: HOUR_MS // 4)
    write(db, LINE.path, b"0-0", facts, b"1-0", NOW)
    early, late = units_by_shift(db, LINE, Interval(FIRST, FIRST + DAY_MS))
    assert (early.name, early.start, early.end, early.good) == ("early", FIRST, FIRST + 8 * HOUR_MS, 40)
    assert early.known == pytest.approx(0.75 / 2)
    assert (late.name, late.good, late.known) == ("late", 80, pytest.approx(0.75))


def test_a_claim_is_one_persons_until_it_is_given_back_or_old(store) -> None:
    assert not store.claim("k", NOW)
    store.decide(Decision("k", "accepted", "sue", DECIDED))
    assert [store.claim("k", NOW), store.claim("k", NOW + CLAIM_MS - 1), store.claim("k", NOW + CLAIM_MS)] == [
        True, False, True
    ]  # fmt: skip
    store.release("k")
    assert store.claim("k", NOW + CLAIM_MS)
    store.refer("k", "WO-1")
    store.release("k")
    assert not store.claim("k", NOW + DAY_MS)


def test_stop_time_with_a_reason_is_cut_to_the_window(db) -> None:
    end = FIRST + 10 * HOUR_MS

    def stop(start, until, **more):
        return Episode(
            MACHINE, FIRST + start * HOUR_MS, until and FIRST + until * HOUR_MS, Bucket.UNPLANNED_STOP, **more
        )

    stops = [stop(-1, 1, reason="jam"), stop(2, 3), stop(4, 5, reason="technical"), stop(9, None, attested_by="olga")]
    hour = [HourFact(MACHINE, e.start - e.start % HOUR_MS, 1, end, [], [e]) for e in stops]
    write(db, LINE.path, b"0-0", hour, b"1-0", NOW)
    leaves = [reason.id for reason in PLANT.reasons.leaves()]
    found = reasoned(db, [MACHINE], leaves, Interval(FIRST, end))
    assert (found.with_reason_ms, found.all_ms) == (2 * HOUR_MS, 4 * HOUR_MS)
    assert reasoned(db, [], leaves, Interval(FIRST, end)) == (0, 0)


def test_sign_ins_are_counted_by_role_and_week_and_never_by_person(db) -> None:
    with db.begin() as connection:
        for name, role in (("olga", "operator"), ("otto", "operator"), ("mia", "manager")):
            row = {
                "name": name,
                "password_hash": "x",
                "role": role,
                "scopes": "[]",
                "session_epoch": 0,
                "disabled": False,
            }
            connection.execute(users.insert().values(**row))
    accounts = Accounts(db, lambda *_: None, lambda *_: None)  # type: ignore[arg-type,return-value]
    for name, days, outcome in (
        ("olga", 1, "ok"), ("otto", 2, "ok"), ("olga", 8, "ok"), ("mia", 27, "ok"), ("mia", 29, "ok"),
        ("mia", 1, "wrong"), ("gone", 1, "ok"),
    ):  # fmt: skip
        accounts.signed_in(NOW - days * DAY_MS, name, "::1", outcome)
    assert sign_ins_by_role(db, NOW, 4) == {"operator": [0, 0, 1, 2], "manager": [1, 0, 0, 0]}
