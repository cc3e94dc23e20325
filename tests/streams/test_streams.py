"""What may be relied on between processes: log, door, leases, fence, quarantine, health."""

import pytest

from app.domain.accounting.facts import CallFact, FindingFact
from app.streams.commit import Checkpoint, Commit, Commits, Refusal
from app.streams.facts import FactLog, encode_facts
from app.streams.health import Health, ProcessHealth
from app.streams.ingest import IngestLog
from app.streams.leases import Lease, Leases
from app.streams.log import START, LineLog, entry_key
from app.streams.quarantine import Quarantine

pytestmark = pytest.mark.redis
LINE = "site/area/line-1"


def a_lease(valkey, owner="me", ttl_ms=60_000) -> Lease:
    (lease,) = Leases(valkey, owner, ttl_ms).acquire([LINE])
    return lease


def test_a_log_is_read_in_order_from_any_position(valkey):
    log = LineLog(valkey)
    ids = log.append_many(LINE, [str(n).encode() for n in range(5_000)])
    position, found = START, []
    while batches := log.read({LINE: position}, 999):
        found += batches[LINE].raws
        position = batches[LINE].last
    assert found == [str(n).encode() for n in range(5_000)]
    assert position == ids[-1]


def test_an_entry_somebody_else_wrote_differently_is_still_read(valkey):
    valkey.xadd(f"events:{{{LINE}}}", {"other": "field"})
    valkey.xadd(f"events:{{{LINE}}}", {"x": "1", "e": "event"})
    assert LineLog(valkey).read({LINE: START}, 10)[LINE].raws == [b"other field", b"event"]


def test_trimming_stops_at_what_is_committed_and_at_the_age(valkey):
    log = LineLog(valkey)
    ids = log.append_many(LINE, [b"x"] * 1_000)
    assert log.trim(LINE, START, 1 << 52) == 0
    assert log.trim(LINE, ids[-1], 0) == 0
    log.trim(LINE, ids[500], 1 << 52)
    assert 500 <= log.info(LINE).length < 1_000
    assert entry_key(log.info(LINE).first) <= entry_key(ids[500])


def test_an_event_sent_twice_is_on_the_log_once(valkey):
    door = IngestLog(valkey)
    rows = [(f"gw:{n % 300}", str(n % 300).encode()) for n in range(900)]
    assert door.ingest(LINE, rows) == ["accepted"] * 300 + ["duplicate"] * 600
    assert LineLog(valkey).info(LINE).length == 300


def test_the_door_forgets_the_oldest_identities_first(valkey):
    door = IngestLog(valkey, remembered=2)
    assert door.ingest(LINE, [("a", b"1"), ("b", b"2"), ("c", b"3")]) == ["accepted"] * 3
    assert door.ingest(LINE, [("b", b"2"), ("c", b"3")]) == ["duplicate"] * 2


def test_a_line_has_one_owner_until_the_lease_expires_or_is_released(valkey):
    lease = a_lease(valkey)
    assert Leases(valkey, "other").acquire([LINE]) == []
    Leases(valkey, "me").release([lease])
    taken = a_lease(valkey, "other")
    assert taken.token > lease.token
    assert Leases(valkey, "me").renew([lease]) == []
    assert Leases(valkey, "other").renew([taken]) == [taken]


def test_an_owner_that_was_overtaken_writes_nothing(valkey):
    commits, old = Commits(valkey), a_lease(valkey)
    Leases(valkey, "me").release([old])
    new = a_lease(valkey, "other")
    assert commits.write([Commit(old, 1_000, [b"[]"], Checkpoint(b"1-1", b"old"), {"p": b"old"})]) == [False]
    assert commits.write([Commit(new, 1_000, [], Checkpoint(b"2-1", b"new"), {"p": b"new"})]) == [True]
    assert commits.read(LINE) == Checkpoint(b"2-1", b"new", None)
    assert commits.page(LINE, "p") == b"new"
    assert FactLog(valkey).read({LINE: b"0-0"}, 10) == {}
    assert Leases(valkey, "x").holder(LINE) == "other"


def test_a_commit_writes_all_its_parts_and_says_the_board(valkey):
    listener = valkey.pubsub()
    listener.subscribe(f"live:{{{LINE}}}")
    listener.get_message(timeout=5)
    told = [CallFact(LINE, "quality", 5, "ann"), FindingFact(LINE, "rule", 1, 2, "text")]
    commit = Commit(a_lease(valkey), 1_000, encode_facts(told), Checkpoint(b"3-1", b"L", b"C"), {}, (), b"board")
    assert Commits(valkey).write([commit]) == [True]
    assert [fact for entry in FactLog(valkey).read({LINE: b"0-0"}, 10)[LINE] for fact in entry.facts] == told
    assert Commits(valkey).snapshot(LINE) == b"board"
    assert listener.get_message(timeout=5)["data"] == b"board"


def test_a_commit_sent_twice_refuses_once(valkey):
    refusal = Refusal(b"7-1", "malformed: no kind", b"{}")
    commit = Commit(a_lease(valkey), 1_000, checkpoint=Checkpoint(b"7-1", b"L"), refused=[refusal])
    assert Commits(valkey).write([commit, commit]) == [True, True]
    assert Quarantine(valkey).count(LINE) == 1


def test_what_is_refused_is_kept_with_its_reason_and_replayed_once(valkey):
    quarantine = Quarantine(valkey)
    quarantine.refuse(LINE, b"{broken", "malformed")
    (refused,) = quarantine.list(LINE)
    assert (refused.raw, refused.reason, refused.entry) == (b"{broken", "malformed", "")
    assert quarantine.replay(LINE, refused, b"mended") is not None
    assert quarantine.replay(LINE, refused, b"mended") is None
    assert LineLog(valkey).read({LINE: START}, 10)[LINE].raws == [b"mended"]
    assert quarantine.count(LINE) == 0


def test_health_is_read_newest_first_and_the_long_silent_are_forgotten(valkey):
    health = Health(valkey)
    for owner, at in (("old", 0), ("a", 9_000_000), ("b", 9_000_001)):
        health.say("engine", ProcessHealth(owner, at, {"lag_ms": 1}))
    assert [h.owner for h in health.read("engine", 9_000_002)] == ["b", "a"]
    health.gone("engine", "a")
    assert [h.owner for h in health.read("engine", 9_000_002)] == ["b"]
