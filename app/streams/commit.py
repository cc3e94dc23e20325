"""The commit: one fenced Lua script per line, all lines in one pipeline. All of it happens or none of it.

Facts replace what was said before, so they may run ahead of the checkpoint; checkpoint, last id, pages, counters and
refusals belong together and go in one script, so that each is written once whatever is killed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.events import streams
from app.streams.connection import Client, asking
from app.streams.leases import Lease
from app.streams.log import START

_COMMIT = """
-- KEYS: lease state facts pages live quarantine signals.
-- ARGV: token owner ttl, number of facts, checkpoint parts, pages, refused; then these, flat;
-- then the snapshot or '', the signals or ''.
local at = 8
local function take() at = at + 1; return ARGV[at - 1] end
-- 1 token: an owner that was overtaken writes nothing; a valid one prolongs its lease
if redis.call('HGET', KEYS[2], 'token') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
-- 2 facts
for i = 1, tonumber(ARGV[4]) do redis.call('XADD', KEYS[3], '*', 'e', take()) end
-- 3 checkpoint and last id
local before = redis.call('HGET', KEYS[2], 'id')
for i = 1, tonumber(ARGV[5]) do redis.call('HSET', KEYS[2], take(), take()) end
-- 4 pages
for i = 1, tonumber(ARGV[6]) do redis.call('HSET', KEYS[4], take(), take()) end
-- 5 refused events: entry id, reason, raw; not again when an answer got lost and the same commit comes twice
local is_new = before ~= redis.call('HGET', KEYS[2], 'id')
for i = 1, tonumber(ARGV[7]) do
  local entry, reason, raw = take(), take(), take()
  if is_new then redis.call('XADD', KEYS[6], '*', 'id', entry, 'reason', reason, 'e', raw) end
end
-- 6 snapshot
local snapshot = take()
if snapshot ~= '' then
  redis.call('SET', KEYS[5], snapshot)
  redis.call('PUBLISH', KEYS[5], snapshot)
end
local signals = take()
if signals ~= '' then redis.call('SET', KEYS[7], signals) end
return 1
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event the engine refused: its entry id on the stream, why, and the event as it came."""

    entry: bytes
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where to go on after a kill.

    position: last applied entry; ledger: its checkpoint; counters: state of the counter conversion; watch: of the
    signals' rules. None: none yet.
    """

    position: bytes = START
    ledger: bytes | None = None
    counters: bytes | None = None
    watch: bytes | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """What one line writes in one tick.

    checkpoint None: only facts and snapshot; pages and refused go with a checkpoint, so that both are written once
    whatever is killed.
    """

    lease: Lease
    ttl_ms: int
    facts: Sequence[bytes] = ()
    checkpoint: Checkpoint | None = None
    pages: Mapping[str, bytes] = field(default_factory=dict)
    refused: Sequence[Refusal] = ()
    snapshot: bytes | None = None
    signals: bytes | None = None


class Commits:
    """Writes commits and reads what they left. Every call may raise ServerAway; then asking again is right."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def write(self, commits: Sequence[Commit]) -> list[bool]:
        """Write each line's commit, in one round trip; False where the lease was lost and nothing was written."""
        if not commits:
            return []
        pipeline = self._client.pipeline(transaction=False)
        for commit in commits:
            keys = _keys(commit.lease.line)
            pipeline.execute_command("EVAL", _COMMIT, len(keys), *keys, *_arguments(commit))
        with asking():
            return [answer == 1 for answer in pipeline.execute()]

    def read(self, line: str) -> Checkpoint:
        """Return the line's last checkpoint; the very beginning if there is none."""
        with asking():
            names = ("id", "ledger", "counters", "watch")
            position, ledger, counters, watch = self._client.hmget(streams.state(line), *names)
        return Checkpoint(position or START, ledger, counters, watch)

    def page(self, line: str, key: str) -> bytes | None:
        """Return a committed page, or None."""
        with asking():
            found = self._client.hget(streams.pages(line), key)
        return None if found is None else bytes(found)

    def forget_pages(self, line: str, before: int) -> int:
        """Delete the pages numbered below `before` (pages of a machine are numbered from 1970 on); returns how many."""
        with asking():
            keys = [key for key in self._client.hkeys(streams.pages(line)) if int(key.rpartition(b"|")[2]) < before]
            return int(self._client.hdel(streams.pages(line), *keys)) if keys else 0

    def snapshot(self, line: str) -> bytes | None:
        """Return the line's last board as it was published, or None."""
        with asking():
            found = self._client.get(streams.live(line))
        return None if found is None else bytes(found)


def _keys(line: str) -> tuple[str, ...]:
    names = (streams.lease, streams.state, streams.facts, streams.pages, streams.live, streams.quarantine)
    return tuple(name(line) for name in (*names, streams.signals))


def _arguments(commit: Commit) -> list[object]:
    parts = _checkpoint_parts(commit.checkpoint)
    numbers = [len(commit.facts), len(parts), len(commit.pages), len(commit.refused)]
    flat: list[object] = [commit.lease.token, commit.lease.owner, commit.ttl_ms, *numbers, *commit.facts]
    for name, part in parts.items():
        flat += (name, part)
    for key, page in commit.pages.items():
        flat += (key, page)
    for refusal in commit.refused:
        flat += (refusal.entry, refusal.reason, refusal.raw)
    return [*flat, commit.snapshot or b"", commit.signals or b""]


def _checkpoint_parts(checkpoint: Checkpoint | None) -> dict[str, bytes]:
    if checkpoint is None:
        return {}
    parts = {"id": checkpoint.position, "ledger": checkpoint.ledger}
    parts |= {"counters": checkpoint.counters, "watch": checkpoint.watch}
    return {name: part for name, part in parts.items() if part is not None}
