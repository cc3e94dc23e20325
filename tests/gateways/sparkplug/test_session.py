"""Births, deaths, order and rebirths: the host's side of Sparkplug, without a broker."""

from hypothesis import given
from hypothesis import strategies as st

from gateways.base import Sample
from gateways.sparkplug.session import ASK_AGAIN_MS, REORDER_MS, SEQUENCE, Session
from gateways.sparkplug.topics import Node
from tests.gateways.sparkplug.wire import (
    BOOLEAN,
    INT32,
    NODE,
    STRING,
    TEMPLATE,
    birth_number,
    by_alias,
    message,
    metric,
    topic,
)

TOTAL = "Bottling/Line-1/Filler:Total"
STATE = "Bottling/Line-1/Filler:State"


def nbirth(number=0, seq=0, t=1_000):
    rebirth = metric("Node Control/Rebirth", 0, value=False, kind=BOOLEAN)
    return topic("NBIRTH"), message(birth_number(number), rebirth, metric("Temp", 1, 20, INT32), seq=seq, t=t)


def ndeath(number=0):
    return topic("NDEATH"), message(birth_number(number))


def dbirth(seq=1, total=100, state="run", device="Filler"):
    return topic("DBIRTH", device), message(
        metric("Total", 10, total), metric("State", 11, state, STRING), seq=seq, t=1_100
    )


def ddata(seq, total, t=2_000, **more):
    return topic("DDATA", "Filler"), message(by_alias(10, total, t=t, **more), seq=seq % SEQUENCE, t=t)


def a_session(*wanted):
    return Session(0, wanted)


def born(number=0):
    session = a_session()
    session.take(*nbirth(number), 1_000)
    session.take(*dbirth(), 1_001)
    return session


def test_a_birth_tells_what_each_metric_holds_now_and_nothing_of_it_happened() -> None:
    session = a_session()
    first = session.take(*nbirth(), 1_000).samples
    assert first == (Sample("Bottling/Line-1:Temp", 20, 1_000, snapshot=True),)
    second = session.take(*dbirth(), 1_001).samples
    assert second == (Sample(TOTAL, 100, 1_100, snapshot=True), Sample(STATE, "run", 1_100, snapshot=True))


def test_data_is_told_by_alias_with_the_time_of_the_metric() -> None:
    assert born().take(*ddata(2, 105, t=2_345), 3_000).samples == (Sample(TOTAL, 105, 2_345),)


def test_what_was_stored_while_nobody_listened_says_so() -> None:
    assert born().take(*ddata(2, 105, stored=True), 3_000).samples == (Sample(TOTAL, 105, 2_000, stored=True),)


def test_a_null_is_a_bad_value_never_zero_and_no_death() -> None:
    assert born().take(*ddata(2, None), 3_000).samples == (Sample(TOTAL, None, 2_000, "bad"),)


def test_a_signed_value_told_by_alias_takes_its_type_from_the_birth() -> None:
    session = a_session()
    session.take(*nbirth(), 1_000)
    told = session.take(topic("NDATA"), message(by_alias(1, -5, INT32), seq=1), 1_001)
    assert [s.value for s in told.samples] == [-5]


def test_members_of_a_template_are_addresses_of_their_own() -> None:
    session = a_session()
    session.take(*nbirth(), 1_000)
    counts = {"good": (10, INT32), "deep": ({"reject": (3, INT32)}, TEMPLATE)}
    birth = message(metric("Counts", 10, counts, TEMPLATE), seq=1)
    assert [(s.address, s.value) for s in session.take(topic("DBIRTH", "Filler"), birth, 1_001).samples] == [
        ("Bottling/Line-1/Filler:Counts/good", 10),
        ("Bottling/Line-1/Filler:Counts/deep/reject", 3),
    ]
    data = message(by_alias(10, {"good": (11, INT32)}, TEMPLATE, t=5, stored=True), seq=2)
    assert session.take(topic("DDATA", "Filler"), data, 1_002).samples == (
        Sample("Bottling/Line-1/Filler:Counts/good", 11, 5, stored=True),
    )


def test_the_death_of_an_edge_node_makes_everything_unknown() -> None:
    session = born()
    told = session.take(*ndeath(), 5_000).samples
    assert {(s.address, s.value, s.status, s.gone) for s in told} == {
        (address, None, "bad", True) for address in ("Bottling/Line-1:Temp", TOTAL, STATE)
    }
    assert not session.is_any_alive([NODE])


def test_the_death_of_a_device_leaves_the_others_alone() -> None:
    session = born()
    told = session.take(topic("DDEATH", "Filler"), message(seq=2, t=5_000), 5_000).samples
    assert told == (Sample(TOTAL, None, 5_000, "bad", gone=True), Sample(STATE, None, 5_000, "bad", gone=True))
    assert session.is_any_alive([NODE])


def test_a_will_of_an_earlier_connection_kills_nobody() -> None:
    session = born(number=7)
    assert session.take(*ndeath(6), 5_000).samples == ()
    assert session.is_any_alive([NODE])
    assert session.take(*ndeath(7), 5_000).samples != ()


def test_after_a_death_nothing_counts_until_the_next_birth_and_it_is_asked_for() -> None:
    session = born()
    session.take(*ndeath(), 5_000)
    told = session.take(*ddata(2, 120), 5_001)
    assert told.samples == ()
    assert told.ask == (NODE,)


def test_data_of_somebody_unknown_asks_for_a_rebirth_once_in_a_while() -> None:
    session = a_session()
    assert session.take(*ddata(5, 120), 0).ask == (NODE,)
    assert session.take(*ddata(6, 121), 1).ask == ()
    assert session.tick(ASK_AGAIN_MS).ask == (NODE,)


def test_an_edge_node_that_must_be_heard_is_asked_when_it_says_nothing() -> None:
    session = a_session(NODE)
    assert session.tick(REORDER_MS - 1).ask == ()
    assert session.tick(REORDER_MS).ask == (NODE,)
    session.take(*nbirth(), REORDER_MS + 1)
    assert session.tick(10 * ASK_AGAIN_MS).ask == ()


def test_an_edge_node_that_died_is_not_asked_it_will_be_born_by_itself() -> None:
    session = born()
    session.take(*ndeath(), 5_000)
    assert session.tick(5_000 + 10 * ASK_AGAIN_MS).ask == ()


def test_an_unknown_alias_is_no_value_and_asks_for_a_rebirth() -> None:
    told = born().take(topic("DDATA", "Filler"), message(by_alias(99, 1), by_alias(10, 7), seq=2), 3_000)
    assert [s.value for s in told.samples] == [7]
    assert told.ask == (NODE,)


def test_an_alias_of_another_device_is_not_taken_for_ones_own() -> None:
    session = born()
    told = session.take(topic("NDATA"), message(by_alias(10, 7), seq=2), 3_000)
    assert told.samples == ()
    assert told.ask == (NODE,)


def test_data_of_a_device_that_was_not_born_asks_for_a_rebirth() -> None:
    told = born().take(topic("DDATA", "Capper"), message(by_alias(10, 7), seq=2), 3_000)
    assert told.samples == ()
    assert told.ask == (NODE,)


def test_a_gap_waits_for_the_missing_message_and_then_asks_for_a_rebirth() -> None:
    session = born()
    assert session.take(*ddata(3, 110, t=3_000), 10_000).samples == ()
    assert session.tick(10_000 + REORDER_MS - 1).samples == ()
    told = session.tick(10_000 + REORDER_MS)
    assert told.samples == (Sample("", None, 3_000, lost=True), Sample(TOTAL, 110, 3_000))
    assert told.ask == (NODE,)
    assert [s.value for s in session.take(*ddata(4, 111), 12_500).samples] == [111]
    assert session.take(*nbirth(seq=0), 12_600).ask == ()


def test_what_a_birth_overtook_is_no_news_and_another_birth_is_asked_for() -> None:
    session = born()
    session.take(*nbirth(t=9_000), 9_000)
    told = session.take(*ddata(2, 105, t=8_999), 9_001)
    assert (told.samples, told.ask) == ((), (NODE,))
    assert [s.value for s in session.take(*dbirth(total=106), 9_002).samples] == [106, "run"]
    assert session.tick(9_002 + 10 * REORDER_MS).samples == ()


def test_the_missing_message_in_time_puts_things_in_order_and_nobody_is_asked() -> None:
    session = born()
    session.take(*ddata(3, 110), 10_000)
    told = session.take(*ddata(2, 105), 10_100)
    assert [s.value for s in told.samples] == [105, 110]
    assert told.ask == ()
    assert session.tick(10_000 + 10 * REORDER_MS).ask == ()


def test_a_flood_behind_a_gap_is_not_held_until_numbers_repeat() -> None:
    session, values = born(), []
    for i in range(3, 3 + 3 * SEQUENCE):
        values += [s.value for s in session.take(*ddata(i, 1_000 + i), 10_000).samples if not s.lost]
    assert values == [1_000 + i for i in range(3, 3 + 3 * SEQUENCE)]


def test_a_rebirth_that_does_not_bring_a_device_back_makes_it_unknown() -> None:
    session = born()
    assert [s.address for s in session.take(*nbirth(), 5_000).samples] == ["Bottling/Line-1:Temp"]
    assert session.tick(5_000 + REORDER_MS - 1).samples == ()
    assert {s.address for s in session.tick(5_000 + REORDER_MS).samples} == {TOTAL, STATE}


def test_a_rebirth_that_brings_every_device_back_leaves_no_hole() -> None:
    session = born()
    session.take(*nbirth(), 5_000)
    told = session.take(*dbirth(total=130), 5_001)
    assert all(s.status == "good" for s in told.samples)
    assert session.tick(5_000 + 10 * REORDER_MS).samples == ()


def test_after_a_birth_of_the_edge_node_old_aliases_of_its_devices_mean_nothing() -> None:
    session = born()
    session.take(*nbirth(), 5_000)
    told = session.take(*ddata(1, 120), 5_001)
    assert told.samples == ()
    assert told.ask == (NODE,)


def test_a_birth_replaces_what_aliases_mean() -> None:
    session = born()
    session.take(*nbirth(), 5_000)
    swapped = message(metric("Total", 11, 5), metric("State", 10, "run", STRING), seq=1)
    session.take(topic("DBIRTH", "Filler"), swapped, 5_001)
    told = session.take(topic("DDATA", "Filler"), message(by_alias(11, 6), seq=2), 5_002)
    assert [(s.address, s.value) for s in told.samples] == [(TOTAL, 6)]


def test_edge_nodes_do_not_know_one_another() -> None:
    session, other = born(), Node("Bottling", "Line-2")
    session.take(topic("NBIRTH", node=other), message(birth_number(0), seq=0), 5_000)
    session.take(topic("NDEATH", node=other), message(birth_number(0)), 5_001)
    assert session.is_any_alive([NODE])
    assert not session.is_any_alive([other])


def test_offers_show_type_and_last_value_of_everything_born() -> None:
    session = born()
    session.take(*ddata(2, 105), 3_000)
    assert [(o.address, o.type, o.value) for o in session.offers()] == [
        ("Bottling/Line-1:Temp", "Int32", 20), (TOTAL, "Int64", 105), (STATE, "String", "run"),
    ]  # fmt: skip


@given(st.integers(1, 600), st.data())
def test_in_order_every_value_counts_once_over_any_number_of_wraps(count, data) -> None:
    first = data.draw(st.integers(0, 255))
    session = a_session()
    session.take(*nbirth(seq=first), 0)
    session.take(*dbirth(seq=(first + 1) % SEQUENCE), 1)
    values = [
        s.value for i in range(count) for s in session.take(*ddata(first + 2 + i, i), 2).samples
    ]  # fmt: skip
    assert values == list(range(count))
    assert session.tick(10 * REORDER_MS).ask == ()


@given(st.lists(st.integers(0, 7), min_size=1, max_size=300))
def test_messages_that_overtake_one_another_count_in_the_order_they_were_said(delays) -> None:
    session = born()
    arrival = sorted(range(len(delays)), key=lambda i: (i + delays[i], i))
    values = [s.value for i in arrival for s in session.take(*ddata(2 + i, i), 2_000).samples]
    assert values == list(range(len(delays)))
    assert session.tick(100 * REORDER_MS).ask == ()


@given(st.lists(st.booleans(), min_size=2, max_size=400))
def test_what_is_lost_never_takes_others_along_and_is_always_noticed(lost) -> None:
    session, samples, asked, now = born(), [], set(), 10_000
    for i, is_lost in enumerate(lost):
        now += 100
        if not is_lost:
            told = session.take(*ddata(2 + i, i), now)
            samples += told.samples
            asked |= set(told.ask)
        told = session.tick(now)
        samples += told.samples
        asked |= set(told.ask)
    told = session.tick(now + REORDER_MS)
    samples += told.samples
    asked |= set(told.ask)
    kept = [i for i, is_lost in enumerate(lost) if not is_lost]
    assert sorted(s.value for s in samples if not s.lost) == kept
    has_gap = bool(kept) and kept != list(range(len(kept)))
    assert (asked == {NODE}) == any(s.lost for s in samples) == has_gap


VERBS = st.sampled_from(["NBIRTH", "NDEATH", "DBIRTH", "DDEATH", "NDATA", "DDATA", "NCMD"])


@given(
    st.lists(st.tuples(VERBS, st.integers(0, 255) | st.none(), st.integers(0, 2), st.integers(0, 3000)), max_size=60)
)
def test_whatever_comes_a_dead_edge_node_tells_no_values(heard) -> None:
    session, now = a_session(), 0
    for verb, seq, number, later in heard:
        now += later
        device = "Filler" if verb.startswith("D") else None
        metrics = (
            [birth_number(number)] if verb in ("NBIRTH", "NDEATH")
            else [metric("Total", 10, 5)] if verb == "DBIRTH" else [by_alias(10, 6)]
        )  # fmt: skip
        told = session.take(topic(verb, device), message(*metrics, seq=seq), now)
        if not session.is_any_alive([NODE]):
            assert [s for s in told.samples if s.status == "good" and not s.snapshot] == [] or verb == "NDEATH"
        session.tick(now)
