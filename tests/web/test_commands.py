"""What a person says is on the line's stream once acknowledged: checked, numbered, once, never over another's."""

import threading

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound, Unavailable
from app.commands.andon import accept_andon, call_andon, clear_andon
from app.commands.counts import Scrap, report_scrap
from app.commands.desk import CommandDesk
from app.commands.orders import OrderStart, end_order, start_order
from app.commands.stops import StopEdit, classify_stop
from app.domain.events import codec
from app.domain.interval import DAY_MS, HOUR_MS
from app.domain.roles import Identity, Role
from app.streams.boards import RedisBoards
from app.streams.connection import client_of
from app.streams.desk import Desk
from tests.sample_boards import LINE
from tests.web.parts import OTHER_LINE
from tests.web.world import World

pytestmark = pytest.mark.redis
OLGA = Identity("olga", Role.OPERATOR, (LINE,))
PAVEL = Identity("pavel", Role.SUPERVISOR, ("*",))
MANAGER = Identity("mara", Role.MANAGER, ("*",))


def a_desk(world: World) -> CommandDesk:
    return CommandDesk(
        lambda: world.plant, Desk(world.redis), world.store, RedisBoards(world.redis), world.past, world.clock
    )


def a_stop(world: World, minutes_ago: int = 20) -> str:
    return f"{LINE}/filler@{world.clock.ms - minutes_ago * 60_000}"


def test_a_classification_is_an_event_by_a_named_person(world: World) -> None:
    receipt = classify_stop(a_desk(world), OLGA, StopEdit(a_stop(world), "jam-infeed", note=" belt "))
    [event] = world.events()
    assert (event["kind"], event["by"], event["reason"], event["note"]) == ("classify", "olga", "jam-infeed", "belt")
    assert (event["source"], event["seq"], event["from"]) == ("person-olga", 1, world.clock.ms - 20 * 60_000)
    assert receipt.line == LINE
    assert [row[1:4] for row in world.store.rows] == [("olga", "said.classify", f"{LINE}/filler")]


def test_every_event_on_the_stream_can_be_read_and_sequences_have_no_gap(world: World) -> None:
    desk = a_desk(world)
    call_andon(desk, OLGA, LINE, "material")
    clear_andon(desk, OLGA, LINE, "material")
    accept_andon(desk, PAVEL, LINE, "quality")
    start_order(desk, OLGA, OrderStart(LINE, "4711", "cola-05", 100))
    report_scrap(desk, OLGA, Scrap(LINE, 3, "jam-infeed"))
    read = [codec.decode(fields[b"e"]) for _, fields in world.redis.xrange(f"events:{{{LINE}}}")]
    assert [(e.source, e.seq) for e in read] == [
        ("person-olga", 1),
        ("person-olga", 2),
        ("person-pavel", 1),
        ("person-olga", 3),
        ("person-olga", 4),
    ]
    assert len({e.epoch for e in read if e.source == "person-olga"}) == 1


def test_scrap_moves_units_from_good_unless_they_were_never_counted(world: World) -> None:
    desk = a_desk(world)
    report_scrap(desk, OLGA, Scrap(LINE, 3))
    report_scrap(desk, OLGA, Scrap(LINE, 2, machine="filler", was_counted_good=False))
    first, second = world.events()
    assert (first["good"], first["reject"], first["machine"]) == (-3, 3, f"{LINE}/capper")
    assert (second.get("good", 0), second["reject"], second["machine"]) == (0, 2, f"{LINE}/filler")


@pytest.mark.parametrize(
    "who", [MANAGER, Identity("otto", Role.OPERATOR, (OTHER_LINE,)), Identity("tv", Role.DISPLAY, ("*",))]
)
def test_nobody_says_anything_without_permission_here(world: World, who: Identity) -> None:
    desk = a_desk(world)
    tries = (
        lambda: classify_stop(desk, who, StopEdit(a_stop(world), "jam-infeed")),
        lambda: report_scrap(desk, who, Scrap(LINE, 1)),
        lambda: start_order(desk, who, OrderStart(LINE, "1", "water")),
        lambda: end_order(desk, who, LINE, "1"),
        lambda: call_andon(desk, who, LINE, "leader"),
    )
    for attempt in tries:
        with pytest.raises(Forbidden):
            attempt()
    with pytest.raises(Forbidden):
        accept_andon(desk, OLGA, LINE, "leader")
    assert world.events() == []


def test_what_cannot_be_right_is_refused_with_what_would_be(world: World) -> None:
    desk, now = a_desk(world), world.clock.ms
    world.publish()
    wrong = (
        (lambda: classify_stop(desk, OLGA, StopEdit(a_stop(world), "no-such")), "leaf"),
        (lambda: classify_stop(desk, OLGA, StopEdit(a_stop(world), "technical")), "leaf"),
        (lambda: classify_stop(desk, OLGA, StopEdit("nonsense", "jam-infeed")), "@start"),
        (lambda: classify_stop(desk, OLGA, StopEdit(f"{LINE}/filler@{now + 1}", "jam-infeed")), "future"),
        (lambda: classify_stop(desk, OLGA, StopEdit(a_stop(world), "jam-infeed", note="x" * 501)), "500"),
        (lambda: report_scrap(desk, OLGA, Scrap(LINE, 0)), "units"),
        (lambda: report_scrap(desk, OLGA, Scrap(LINE, 999_999)), "only"),
        (lambda: report_scrap(desk, OLGA, Scrap(LINE, 1, made_at=now + 1)), "made_at"),
        (lambda: report_scrap(desk, OLGA, Scrap(LINE, 1, made_at=now - 8 * DAY_MS)), "made_at"),
        (lambda: report_scrap(desk, PAVEL, Scrap(LINE, 1, machine="packer")), "is not on"),
        (lambda: start_order(desk, OLGA, OrderStart(LINE, "", "water")), "order"),
        (lambda: start_order(desk, OLGA, OrderStart(LINE, "1", "beer")), "product"),
        (lambda: start_order(desk, OLGA, OrderStart(LINE, "1", "water", 0)), "quantity"),
        (lambda: call_andon(desk, OLGA, LINE, "pizza"), "must be one of"),  # type: ignore[arg-type]
    )
    for attempt, word in wrong:
        with pytest.raises(Invalid, match=word):
            attempt()
    with pytest.raises(NotFound):
        classify_stop(desk, OLGA, StopEdit("nowhere@1", "jam-infeed"))
    with pytest.raises(Conflict, match="4711"):
        end_order(desk, OLGA, LINE, "4712")
    assert world.events() == []


def test_a_closed_shift_is_changed_by_those_who_may_and_with_a_reason(world: World) -> None:
    desk = a_desk(world)
    old = f"{LINE}/filler@{world.clock.ms - 2 * HOUR_MS}"
    with pytest.raises(Forbidden):
        classify_stop(desk, OLGA, StopEdit(old, "jam-infeed", note="why"))
    with pytest.raises(Invalid, match="note"):
        classify_stop(desk, PAVEL, StopEdit(old, "jam-infeed"))
    classify_stop(desk, PAVEL, StopEdit(old, "jam-infeed", note="found in the book"))
    assert len(world.events()) == 1


def test_the_second_editor_sees_the_first_ones_change(world: World) -> None:
    desk, stop = a_desk(world), a_stop(world)
    classify_stop(desk, OLGA, StopEdit(stop, "jam-infeed"))
    with pytest.raises(Conflict, match=r"by olga.*classified as jam infeed"):
        classify_stop(desk, PAVEL, StopEdit(stop, "no-bottles"))
    classify_stop(desk, PAVEL, StopEdit(stop, "no-bottles", saw="jam-infeed"))
    classify_stop(desk, PAVEL, StopEdit(stop, None, saw="no-bottles"))
    assert [event.get("reason") for event in world.events()] == ["jam-infeed", "no-bottles", None]


def test_of_editors_at_the_same_moment_exactly_one_wins(world: World) -> None:
    stop, gate, outcomes = a_stop(world), threading.Barrier(8), []

    def edit(number: int) -> None:
        desk = a_desk(world)
        gate.wait(10)
        try:
            classify_stop(desk, Identity(f"p{number}", Role.OPERATOR, ("*",)), StopEdit(stop, "jam-infeed"))
            outcomes.append("taken")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["conflict"] * 7 + ["taken"]
    assert len(world.events()) == 1


def test_a_command_sent_twice_with_one_key_counts_once(world: World) -> None:
    desk = a_desk(world)
    first = report_scrap(desk, OLGA, Scrap(LINE, 5, key="tap-1"))
    again = report_scrap(desk, OLGA, Scrap(LINE, 5, key="tap-1"))
    report_scrap(desk, OLGA, Scrap(LINE, 5, key="tap-2"))
    assert first.id == again.id
    assert len(world.events()) == 2


def test_an_absent_store_is_said_and_nothing_is_acknowledged(world: World, tmp_path: object) -> None:
    away = client_of(f"unix://{tmp_path}/nobody.sock")
    desk = CommandDesk(lambda: world.plant, Desk(away), world.store, RedisBoards(world.redis), world.past, world.clock)
    with pytest.raises(Unavailable, match="try again"):
        call_andon(desk, OLGA, LINE, "leader")
