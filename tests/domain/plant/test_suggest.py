"""Addresses of a source matched to machines by their names, as makers of controllers write them."""

from app.domain.plant.equipment import WorkUnit
from app.domain.plant.suggest import Offered, missing, suggest
from tests.makers import a_plant

SIGNALS = {
    "valve_temp": {"unit": "degC", "owner": "maintenance", "meaning": "temperature of the hottest filling valve"},
    "total": {"owner": "production", "counter": {"kind": "cumulative", "of": "good"}},
    "bad": {"owner": "production", "counter": {"kind": "cumulative", "of": "reject"}},
}


def units(*names: str) -> list[WorkUnit]:
    return list(next(a_plant(machines=names, traits={"signals": SIGNALS}).lines()).machines)


def matched(machines: list[WorkUnit], *addresses: str | Offered) -> dict[tuple[str, str], str]:
    offers = [a if isinstance(a, Offered) else Offered(a) for a in addresses]
    return {(one.machine, one.what): one.address for one in suggest(machines, offers)}


def test_packml_names_are_known() -> None:
    found = matched(
        units("filler"),
        "Objects/Filler/Status/StateCurrent",
        "Objects/Filler/Admin/ProdProcessedCount",
        "Objects/Filler/Admin/ProdDefectiveCount",
        "Objects/Filler/Valve_Temp",
        "Objects/Filler/MachSpeed",
    )
    assert found == {
        ("filler", "state"): "Objects/Filler/Status/StateCurrent",
        ("filler", "total"): "Objects/Filler/Admin/ProdProcessedCount",
        ("filler", "bad"): "Objects/Filler/Admin/ProdDefectiveCount",
        ("filler", "valve_temp"): "Objects/Filler/Valve_Temp",
    }


def test_each_machine_gets_its_own_and_no_address_is_taken_twice() -> None:
    machines = units("filler-1", "filler-2")
    found = matched(
        machines, "plc/filler-1/state", "plc/filler-2/state", "plc/filler-2/valveTemp", "plc/conveyor/state"
    )
    assert found == {
        ("filler-1", "state"): "plc/filler-1/state",
        ("filler-2", "state"): "plc/filler-2/state",
        ("filler-2", "valve_temp"): "plc/filler-2/valveTemp",
    }


def test_what_the_source_says_it_means_helps_where_the_address_says_nothing() -> None:
    meant = Offered("filler/DB7.W12", "degC", "Temperature of the hottest filling valve")
    assert matched(units("filler"), meant) == {("filler", "valve_temp"): "filler/DB7.W12"}


def test_what_is_not_clear_is_left_to_the_person_and_said() -> None:
    machines = units("filler")
    found = suggest(machines, [Offered("filler/DB7.W14"), Offered("filler/StateCurrent")])
    assert [one.what for one in found] == ["state"]
    assert missing(machines, found) == [("filler", "valve_temp"), ("filler", "total"), ("filler", "bad")]
