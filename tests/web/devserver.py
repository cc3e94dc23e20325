"""A server with sample boards for working on screens: python -m tests.web.devserver [port]. Password: lineside-dev."""

import sys
import time

import msgspec

from app.auth.sessions import Stores
from app.auth.users import ensure_account
from app.domain.plant.equipment import Area, Plant, Site, WorkCenter, WorkUnit
from app.domain.plant.products import Product, RateBook
from app.domain.plant.reasons import Reason, ReasonTree
from app.domain.plant.shifts import ShiftCalendar
from app.domain.roles import PEOPLE
from app.services import Services
from app.web.config import WebConfig
from app.web.run import run_web
from app.web.server import Parts, Web, current_identity, make_server
from tests.sample_boards import LINE, sample_line_board
from tests.web.parts import MemoryAccounts, MemoryBoards

PASSWORD = "lineside-dev"
NOW = time.time


def a_plant() -> Plant:
    machine = WorkUnit("filler", f"{LINE}/filler", LINE, "Filler")
    line = WorkCenter("line-1", LINE, "Line 1", "Europe/Berlin", machine.path, machine.path, (machine,), ShiftCalendar())
    area = Area("bottling", "leipzig/bottling", "Bottling", (line,))
    reasons = {r: Reason(r, r.replace("-", " "), ("technical", r)) for r in ("jam-infeed", "no-bottles")}
    products = {"cola-05": Product("cola-05", "Cola 0.5 l")}
    site = Site("leipzig", "leipzig", "Leipzig", "Europe/Berlin", (area,))
    return Plant("Demo", (site,), products, RateBook(), ReasonTree(reasons))


def a_server(config: WebConfig, accounts: MemoryAccounts, boards: MemoryBoards, plant: Plant) -> Web:
    services = Services(plant, boards, current_identity, lambda: int(NOW() * 1000))
    return make_server(
        config,
        Parts(
            services=services,
            stores=Stores(accounts, accounts, accounts),
            counter=accounts,
            sign_ins=accounts,
            source=boards,
            assemble=lambda topic, found, now: b"{}",
            readiness=lambda: {"problems": []},
            translate=lambda key, lang: key,
            languages=("en", "de"),
        ),
    )


def main() -> None:
    accounts, boards = MemoryAccounts(), MemoryBoards()
    boards.boards[LINE] = msgspec.json.encode(sample_line_board())
    for role in PEOPLE:
        ensure_account(accounts, role.value, PASSWORD, role, ("*",))
    config = WebConfig("x" * 32, port=int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    run_web(a_server(config, accounts, boards, a_plant()), config, lambda port: print(f"http://127.0.0.1:{port}", flush=True))


if __name__ == "__main__":
    main()
