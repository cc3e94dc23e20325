"""Who is told when, what a flood is, and how alerts treat the people who answer them."""

from app.domain.alerts.condition import AlertRule, EscalationStep, enabled, faults
from app.domain.alerts.escalation import following, is_flood, is_held_back, ladder
from app.domain.alerts.health import Activation, by_role, health
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.suggestion import Said
from app.text.translate import has

NOW = 1_795_430_400_000
FILLER, AREA = "s/a/l/filler", "s/a"
ROLES = frozenset({"operator", "supervisor"})


def a_rule(**changes: object) -> AlertRule:
    said = {
        "id": "hot", "title": Said("Filler is hot"), "consequence": Said("Seals melt"), "response": Said("Open valve"),
        "owner": "operator", "priority": "high", "on_delay_ms": 0, "off_delay_ms": 0,
        "escalation": (
            EscalationStep(10 * MINUTE_MS, "supervisor", "mail"), EscalationStep(0, "operator", "screen"),
        ),
    }  # fmt: skip
    return AlertRule(**{**said, **changes})


def test_steps_are_due_in_the_order_of_time_and_once() -> None:
    rule = a_rule()
    assert [(d.number, d.step.who, d.at) for d in ladder(rule, NOW)] == [
        (0, "operator", NOW),
        (1, "supervisor", NOW + 10 * MINUTE_MS),
    ]
    assert following(rule, NOW, 1).at == NOW + 10 * MINUTE_MS
    assert following(rule, NOW, 2) is None


def test_a_rule_that_lacks_what_isa_18_2_asks_is_never_enabled() -> None:
    assert enabled({"hot": a_rule()}, ROLES).keys() == {"hot"}
    for part in ("consequence", "response", "owner", "priority", "on_delay_ms", "off_delay_ms"):
        rule = a_rule(**{part: None})
        assert enabled({"hot": rule}, ROLES) == {}, part
        assert [fault.fields["part"] for fault in faults(rule, ROLES)] == [part]
    wrong = a_rule(owner="nobody", priority="urgent", on_delay_ms=-1, escalation=(EscalationStep(-1, "x", "smoke"),))
    found = faults(wrong, ROLES)
    assert len(found) == 6
    assert all(has(fault.key) for fault in found)


def test_a_flood_is_more_than_ten_in_ten_minutes_and_holds_back_low_priority_only() -> None:
    ten = [NOW - MINUTE_MS * n for n in range(9, -1, -1)]
    assert not is_flood(ten, NOW)
    assert is_flood([ten[0], *ten], NOW)
    assert not is_flood([ten[0], *ten], NOW + MINUTE_MS)
    crowd = [NOW] * 11
    assert [is_held_back(p, crowd, NOW) for p in ("low", "medium", "high")] == [True, False, False]


def an_activation(at: int, lasts: int | None = MINUTE_MS, priority: str = "low", rule: str = "hot") -> Activation:
    return Activation(rule, FILLER, "operator", AREA, priority, at, None if lasts is None else at + lasts)


def test_the_figures_of_a_shift() -> None:
    window = Interval(NOW, NOW + 8 * HOUR_MS)
    found = [
        *(an_activation(NOW + n * 20_000, 4_999) for n in range(3)),
        *(an_activation(NOW + HOUR_MS + n * 30_000, rule=f"r{n}", priority="medium") for n in range(12)),
        an_activation(NOW + 5 * HOUR_MS, 5_000, "high"),
        an_activation(window.end - DAY_MS - 1, None, rule="old"),
    ]
    told = health("operator", AREA, found, window)
    assert (told.count, told.per_hour) == (16, 2.0)
    assert told.peak == 12
    assert told.mix == {"high": 1, "medium": 12, "low": 3}
    assert told.chattering == (("hot", FILLER),)
    assert told.fleeting == 3
    assert told.stale == (("old", FILLER),)
    # from the eleventh (5 min after the first) to ten minutes after the second: 11 or more in the last ten minutes
    assert told.flood_ms == 5 * MINUTE_MS + 30_000


def test_twice_in_a_minute_does_not_chatter_and_nobody_has_figures_of_others() -> None:
    window = Interval(NOW, NOW + HOUR_MS)
    pair = [an_activation(NOW), an_activation(NOW + 30_000), an_activation(NOW + MINUTE_MS)]
    assert health("operator", AREA, pair, window).chattering == ()
    other = Activation("x", "s/b/l/m", "supervisor", "s/b", "low", NOW)
    assert [(h.owner, h.area, h.count) for h in by_role([*pair, other], window)] == [
        ("operator", "s/a", 3), ("supervisor", "s/b", 1)
    ]  # fmt: skip
