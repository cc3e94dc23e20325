"""Laws are tried on many random histories.

LINESIDE_EXAMPLES asks for more than the everyday number; LINESIDE_SHRINK for the smallest history that breaks a law
(minutes of work, so not in the everyday run).
"""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "laws",
    max_examples=int(os.environ.get("LINESIDE_EXAMPLES", "60")),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if "LINESIDE_SHRINK" in os.environ else [])],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("laws")
