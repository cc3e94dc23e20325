"""Every key a plant file may hold, by the place it stands in. docs/plant-file.md describes each of them."""

FILE = (
    "version",
    "enterprise",
    "sites",
    "templates",
    "products",
    "reasons",
    "sources",
    "profile",
    "coverage_floor",
    "simulation",
)
SITE = ("id", "name", "timezone", "shifts", "calendar", "areas")
AREA = ("id", "name", "shifts", "calendar", "lines")
LINE = (
    "id",
    "name",
    "shifts",
    "calendar",
    "constraint",
    "counts_at",
    "topology",
    "oee_target",
    "setup",
    "machines",
)
SHIFT = ("name", "start", "end", "days", "breaks", "crew")
BREAK = ("start", "minutes", "name")
EXCEPTION = ("date", "shifts")
TEMPLATE = (
    "name",
    "cycle",
    "states",
    "signals",
    "minor_stop",
    "ignore_under",
    "minimum_run",
    "grace",
    "stale_after",
    "warm_up",
    "commissioning",
    "owner",
)
MACHINE = ("id", "template", *TEMPLATE)
VALID_FROM = ("from", "cycle")
STATE = ("state", "reason")
SIGNAL = ("meaning", "unit", "owner", "range", "max_rate", "every", "allowed", "counter")
COUNTER = ("kind", "of", "modulus", "max_per_s")
PRODUCT = ("name", "unit", "resolution", "value", "cycle")
REASON = ("id", "name", "planned", "setup", "failure", "children")
SOURCE = ("id", "gateway", "machines")

PLACES = {
    "file": FILE,
    "site": SITE,
    "area": AREA,
    "line": LINE,
    "shift": SHIFT,
    "break": BREAK,
    "exception": EXCEPTION,
    "machine": MACHINE,
    "template": TEMPLATE,
    "cycle from a date": VALID_FROM,
    "state": STATE,
    "signal": SIGNAL,
    "counter": COUNTER,
    "product": PRODUCT,
    "reason": REASON,
    "source": SOURCE,
}
STATES = frozenset(
    (
        *("run", "stop", "setup", "starved", "blocked", "planned"),
        *("execute", "idle", "starting", "resetting", "completing", "complete", "completed"),
        *("holding", "held", "unholding", "suspending", "suspended", "unsuspending"),
        *("aborting", "aborted", "clearing", "stopping", "stopped"),
    )
)
