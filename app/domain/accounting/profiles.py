"""KPI profiles: plants disagree about what counts as planned and as running; each convention is named and versioned.

A profile never changes the account, only which buckets enter a formula. Unknown time is always left out of both
numerator and denominator, whatever the profile (DOMAIN section 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.accounting.buckets import Bucket, Components

_BUSY = (
    Bucket.SETUP,
    Bucket.UNPLANNED_STOP,
    Bucket.STARVED,
    Bucket.BLOCKED,
    Bucket.MINOR_STOP,
    Bucket.RUNNING,
)
_PLAIN_NAMES = {"availability": "A", "performance": "P", "quality": "Q", "oee": "OEE", "ooe": "OOE", "teep": "TEEP"}


class UnknownProfile(LookupError):
    """No profile has this name or version; the text lists those there are."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A convention over the same facts.

    planned: buckets of the denominator of availability and OEE (without unknown); run: buckets of its numerator, which
    is also performance's denominator. names: how the convention calls each KPI. Both sums are in ms.
    """

    name: str
    version: int
    planned: tuple[Bucket, ...]
    run: tuple[Bucket, ...]
    names: Mapping[str, str]

    @property
    def key(self) -> str:
        """Name and version as printed beside every figure: `vorne@1`."""
        return f"{self.name}@{self.version}"

    def planned_ms(self, components: Components) -> int:
        """Return the trusted planned time, ms: what the ratios are divided by."""
        return sum(components.buckets_ms[bucket] for bucket in self.planned)

    def run_ms(self, components: Components) -> int:
        """Return the run time, ms."""
        return sum(components.buckets_ms[bucket] for bucket in self.run)


VORNE = Profile("vorne", 1, _BUSY, (Bucket.MINOR_STOP, Bucket.RUNNING), _PLAIN_NAMES)
"""The product's default: breaks and planned stops outside, set-up an availability loss, minor stops a performance loss.

Source: DOMAIN section 1; Nakajima's six big losses as printed in Vorne's Fast Guide to OEE.
"""
ISO22400 = Profile(
    "iso22400",
    1,
    _BUSY,
    (Bucket.RUNNING,),
    {**_PLAIN_NAMES, "performance": "Effectiveness", "quality": "Quality ratio"},
)
"""Minor stoppages are delay time (ADET), not production time (APT): an availability loss. OEE itself is the same.

Source: ISO 22400-2, time model (APT, ADET, AUST, PBT) and the KPIs availability, effectiveness, quality ratio.
"""
SMRP = Profile("smrp", 1, (Bucket.PLANNED_STOP, *_BUSY), (Bucket.MINOR_STOP, Bucket.RUNNING), _PLAIN_NAMES)
"""Scheduled downtime stays in the denominator as a loss; only time without a shift leaves it.

An order gap inside a shift is planned_stop too and therefore counts as scheduled downtime here.
Source: SMRP Best Practices, metric 2.1.1 overall equipment effectiveness.
"""
NF_E60_182 = Profile(
    "nf-e60-182",
    1,
    _BUSY,
    (Bucket.MINOR_STOP, Bucket.RUNNING),
    {"availability": "Do", "performance": "Tp", "quality": "Tq", "oee": "TRS", "ooe": "TRG", "teep": "TRE"},
)
"""TRS = tU/tR: required time tR leaves out planned stops, tF includes micro-stops. TRG divides by tO, TRE by tT.

Source: NF E60-182, times tT, tO, tR, tF, tN, tU and rates TRS, TRG, TRE.
"""
PROFILES = (VORNE, ISO22400, SMRP, NF_E60_182)


def profile(name: str) -> Profile:
    """Return the profile called `vorne@1`, or the newest version of `vorne`. Raises UnknownProfile.

    >>> profile("smrp").key
    'smrp@1'
    """
    matches = [p for p in PROFILES if name in (p.key, p.name)]
    if not matches:
        raise UnknownProfile(f"no KPI profile `{name}`; one of: {', '.join(p.key for p in PROFILES)}")
    return max(matches, key=lambda p: p.version)
