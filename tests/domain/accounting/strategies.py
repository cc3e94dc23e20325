"""Random components that could have come from a ledger: good is part of produced, start-up rejects part of rejects."""

from hypothesis import strategies as st

from app.domain.accounting.buckets import Components

HOUR = 3_600_000


@st.composite
def components(draw: st.DrawFn) -> Components:
    """Return the components of some window; any bucket may be empty, performance may be above one."""
    buckets = tuple(draw(st.lists(st.integers(0, 8 * HOUR) | st.just(0), min_size=9, max_size=9)))
    good, reject, rework = (draw(st.integers(0, 50_000) | st.just(0)) for _ in range(3))
    cycle = draw(st.integers(0, 3_000_000_000) | st.just(500_000_000))
    startup = draw(st.integers(0, reject))
    failures = draw(st.integers(0, 9))
    return Components(
        buckets_ms=buckets,
        good=good,
        reject=reject,
        rework=rework,
        ideal_ns=(good + reject + rework) * cycle,
        ideal_good_ns=good * cycle,
        startup_reject=startup,
        startup_reject_ns=startup * cycle,
        failures=failures,
        repair_ms=draw(st.integers(0, buckets[3])) if failures else 0,
        setup_standard_ms=draw(st.integers(0, buckets[2])),
        doubtful_ms=draw(st.integers(0, sum(buckets[2:8]))),
    )
