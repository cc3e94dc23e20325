"""What people attested about a machine's time beats what the machine said (DOMAIN sections 1 and 7)."""

from typing import NamedTuple

from app.domain.accounting.day import Claim
from app.domain.accounting.packml import WORDS, Kind, kind_of_reason
from app.domain.accounting.runs import Run
from app.domain.plant.reasons import ReasonTree


class Piece(NamedTuple):
    """A stretch of one run under at most one attestation; whole, not clipped to any window."""

    start: int
    end: int
    kind: Kind
    word: str
    reason: str | None
    claim: Claim | None
    is_open: bool


def attest(runs: list[Run], claims: list[Claim], reasons: ReasonTree) -> list[Piece]:
    """Return the runs cut by the attestations in force; of two that overlap the later one counts."""
    if not claims:
        return [Piece(r.start, r.end, r.kind, r.word, r.reason, None, r.is_open) for r in runs]
    stretches = _in_force(runs, claims)
    pieces: list[Piece] = []
    for run in runs:
        at = run.start
        for start, end, claim in stretches:
            lo, hi = max(start, at), min(end, run.end)
            if hi <= lo:
                continue
            if lo > at:
                pieces.append(Piece(at, lo, run.kind, run.word, run.reason, None, False))
            pieces.append(_attested(run, lo, hi, claim, reasons))
            at = hi
        if at < run.end:
            pieces.append(Piece(at, run.end, run.kind, run.word, run.reason, None, run.is_open))
    return pieces


def _in_force(runs: list[Run], claims: list[Claim]) -> list[tuple[int, int, Claim]]:
    """Lay the claims over one another in the order they were made; disjoint, by start."""
    laid: list[tuple[int, int, Claim]] = []
    for claim in sorted(claims, key=lambda c: (c.t, c.seq, c.id)):
        start, end = claim.from_, _end_of(claim, runs)
        if end <= start:
            continue
        kept = [(s, min(e, start), c) for s, e, c in laid if s < start]
        kept += [(max(s, end), e, c) for s, e, c in laid if e > end]
        laid = kept if claim.is_withdrawal else [*kept, (start, end, claim)]
    return sorted(laid, key=lambda stretch: stretch[0])


def _end_of(claim: Claim, runs: list[Run]) -> int:
    if claim.to is not None:
        return claim.to
    return next((run.end for run in runs if run.start <= claim.from_ < run.end), claim.from_)


def _attested(run: Run, start: int, end: int, claim: Claim, reasons: ReasonTree) -> Piece:
    kind, reason = run.kind, run.reason if claim.reason is None else claim.reason
    if claim.state is not None:
        kind, reason = WORDS.get(claim.state.lower(), Kind.NONE), claim.reason
    elif claim.reason is not None:
        kind = kind_of_reason(reasons, claim.reason)
    if claim.planned is True:
        kind = Kind.PLANNED
    elif claim.planned is False and kind is Kind.PLANNED:
        kind = Kind.STOP
    return Piece(start, end, kind, run.word, reason, claim, run.is_open and end == run.end)
