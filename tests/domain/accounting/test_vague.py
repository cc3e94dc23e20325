"""Given stops people explained with "other", the codes their notes ask for (DOMAIN section 7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounting.vague import Explained, other_share
from app.domain.interval import MINUTE_MS
from tests.makers import a_plant

TREE = a_plant().reasons
"""Has `jam` and the like; `other` is the catch-all whether a tree names it or not."""


def stop(reason: str, minutes: int, note: str | None = None, machine: str = "m1") -> Explained:
    return Explained(reason, note, machine, minutes * MINUTE_MS)


def test_a_twentieth_of_the_explained_time_is_still_fine() -> None:
    found = other_share([stop("jam", 95), stop("other", 5, "belt slipped")], TREE)
    assert found.share == pytest.approx(0.05)
    assert not found.is_too_much
    assert found.proposed == ()


def test_more_proposes_the_codes_that_notes_ask_for_most_time_first() -> None:
    found = other_share(
        [
            stop("jam", 60),
            stop("other", 10, "Belt slipped", "m1"),
            stop("other", 12, "belt slipping  again", "m2"),
            stop("other", 4, "belt slipped", "m1"),
            stop("other", 8, "waiting for the fork lift", "m1"),
            stop("other", 3),
        ],
        TREE,
    )
    assert found.is_too_much
    assert (found.count, found.silent, found.ms) == (5, 1, 37 * MINUTE_MS)
    belt, lift = found.proposed
    assert (belt.count, belt.ms, belt.machines) == (3, 26 * MINUTE_MS, ("m1", "m2"))
    assert belt.words.casefold() == "belt slipped"
    assert (lift.words, lift.count) == ("waiting for the fork lift", 1)


def test_notes_without_words_propose_nothing_and_nothing_explained_is_no_share() -> None:
    assert other_share([stop("other", 9, "?? 12"), stop("other", 9, "  ")], TREE).proposed == ()
    assert other_share([], TREE).share is None
    assert not other_share([], TREE).is_too_much


NOTES = st.lists(st.sampled_from(["belt", "motor", "glue", "pallet", "a", "1"]), max_size=4).map(" ".join)
STOPS = st.lists(
    st.builds(
        Explained,
        st.sampled_from(["jam", "other"]),
        st.none() | NOTES,
        st.sampled_from(["m1", "m2"]),
        st.integers(1, 10**7),
    )
)


@given(STOPS)
def test_no_stop_is_proposed_twice(stops: list[Explained]) -> None:
    found = other_share(stops, TREE)
    assert sum(code.count for code in found.proposed) <= found.count - found.silent
    assert sum(code.ms for code in found.proposed) <= found.ms
    assert list(found.proposed) == sorted(found.proposed, key=lambda code: (-code.ms, code.words))


@given(STOPS, st.randoms())
def test_the_order_of_stops_does_not_matter(stops: list[Explained], chance) -> None:
    mixed = list(stops)
    chance.shuffle(mixed)
    assert other_share(mixed, TREE) == other_share(stops, TREE)
