"""Topics, pointers and times of plain payloads."""

import doctest
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.base import Sample
from gateways.mqtt import mapping
from gateways.mqtt.mapping import (
    BadAddress,
    BadTime,
    Places,
    Reading,
    TimeField,
    fits,
    offers_of,
    place_of,
    samples_of,
    time_ms,
)
from gateways.sparkplug import topics

levels = st.text(st.characters(codec="utf-8", exclude_characters="/+#\x00"), min_size=1, max_size=4)
a_topic = st.lists(levels, min_size=1, max_size=3).map("/".join)
scalars = st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.text(max_size=5)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@pytest.mark.parametrize("module", [mapping, topics])
def test_the_examples_in_docstrings_come_out(module) -> None:
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0


@given(a_topic, trees)
def test_what_browse_offers_is_what_the_mapping_would_read(topic, tree) -> None:
    payload = json.dumps(tree).encode()
    for offer in offers_of(topic, payload):
        (sample,) = samples_of([place_of(offer.address)], payload, Reading(), is_retained=False)
        assert (sample.address, sample.value) == (offer.address, offer.value)


@given(st.binary(max_size=40), st.lists(st.text(max_size=3), max_size=3).map(tuple))
def test_no_payload_is_too_strange_to_be_read_or_left_alone(payload, pointer) -> None:
    place = mapping.Place("a", "a", pointer)
    assert len(samples_of([place], payload, Reading(), is_retained=False)) <= 1


@pytest.mark.parametrize("payload", [b"[" * 100_000, b'{"a":' * 5_000])
def test_a_payload_nested_beyond_sense_holds_nothing(payload) -> None:
    assert samples_of([place_of("t#/a")], payload, Reading(), is_retained=False) == []


@pytest.mark.parametrize(
    ("payload", "values"),
    [
        (b"12", [12]), (b"-1.5", [-1.5]), (b"true", [True]), (b"run", ["run"]), (b'"run"', ["run"]),
        (b" run\n", ["run"]), (b"null", [None]), (b"", [None]), (b'{"a": 1}', [None]), (b"[1]", [None]),
    ],
)  # fmt: skip
def test_a_whole_payload_is_a_value_where_it_is_a_single_one(payload, values) -> None:
    assert [s.value for s in samples_of([place_of("t")], payload, Reading(), is_retained=False)] == values


def test_an_object_where_a_value_should_be_is_bad_and_what_is_not_there_says_nothing() -> None:
    places = [place_of("t#/a"), place_of("t#/b"), place_of("t#/c/0")]
    assert samples_of(places, b'{"a": {"x": 1}, "c": [7]}', Reading(), is_retained=False) == [
        Sample("t#/a", None, None, "bad"), Sample("t#/c/0", 7),
    ]  # fmt: skip


def test_records_are_read_each_with_its_own_time_and_a_payload_without_them_is_one() -> None:
    reading = Reading(TimeField(("t",), "s"), ("data",))
    payload = b'{"data": [{"t": 1, "n": 5}, {"t": 2, "n": 6}, {"t": 3}], "t": 9, "n": 0}'
    assert samples_of([place_of("c#/n")], payload, reading, is_retained=False) == [
        Sample("c#/n", 5, 1_000), Sample("c#/n", 6, 2_000),
    ]  # fmt: skip
    alone = samples_of([place_of("c#/n")], b'{"t": 4, "n": 7}', reading, is_retained=False)
    assert alone == [Sample("c#/n", 7, 4_000)]
    whole = Reading(TimeField(("t",), "ms"), ())
    assert [s.t for s in samples_of([place_of("c#/n")], b'[{"n": 1, "t": 5}]', whole, is_retained=False)] == [5]


@pytest.mark.parametrize("payload", [b'{"a": 1e999}', b'{"a": NaN}', b'{"a": 1, }'])
def test_what_is_no_json_holds_nothing_at_a_pointer(payload) -> None:
    assert samples_of([place_of("c#/a")], payload, Reading(), is_retained=False) == []


def test_places_are_found_by_exact_topics_and_by_open_levels() -> None:
    places = Places(place_of(a) for a in ("l/+/state", "l/a/state", "l/a/state#/x", "other"))
    assert {p.address for p in places.at("l/a/state")} == {"l/+/state", "l/a/state", "l/a/state#/x"}
    assert [p.address for p in places.at("l/b/state")] == ["l/+/state"]
    assert places.at("l/b/state/deeper") == []
    assert sorted(places.filters()) == ["l/+/state", "l/a/state", "other"]


@given(st.lists(levels, min_size=1, max_size=5), st.data())
def test_an_open_level_fits_anything_and_nothing_else_does(topic, data) -> None:
    opened = [data.draw(st.sampled_from([level, "+"])) for level in topic]
    assert fits(opened, topic)
    assert not fits([*opened, "+"], topic)
    assert not fits([*topic[:-1], topic[-1] + "x"], topic)


@given(st.integers(0, 253_402_300_799_999))
def test_a_time_is_the_same_moment_in_every_unit(t) -> None:
    assert time_ms(t, "ms") == t
    assert time_ms(t * 1_000_000, "ns") == t
    assert abs(time_ms(t / 1000, "s") - t) <= 1


@pytest.mark.parametrize("said", ["soon", "2026-13-01", -1, 10**18, True, [1], {}])
def test_what_is_no_time_is_refused(said) -> None:
    with pytest.raises(BadTime):
        time_ms(said, "ms")


@pytest.mark.parametrize("address", ["", "#", "#/a", "a/", "a+/b", "a#b", "a/#"])
def test_an_address_no_message_could_have_is_refused(address) -> None:
    with pytest.raises(BadAddress):
        place_of(address)
