"""Protocol servers of simulated machines, by the name of the gateway that hears them. A protocol adds one line."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module

from app.domain.plant.equipment import Plant
from simulators.output import Outlet

PROTOCOLS = {
    "modbus": "ModbusOutlet",
    "mtconnect": "MtconnectOutlet",
    "opcua": "OpcuaOutlet",
    "sparkplug": "SparkplugOutlet",
}
Server = Callable[[Plant, Outlet], AbstractContextManager[Outlet]]
"""(plant, where the rest goes) -> an outlet, as a context: serving inside, gone outside. Raises BadSimulation."""


def server(protocol: str) -> Server:
    """Return the server of a protocol; its libraries are loaded now, not before."""
    module = import_module(f"simulators.servers.{protocol}")
    found: Server = getattr(module, PROTOCOLS[protocol])
    return found
