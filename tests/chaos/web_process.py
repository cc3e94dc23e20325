"""The web worker as a process of its own, to be killed: python -m tests.chaos.web_process <redis url> <port>."""

import sys
from dataclasses import replace

from app.domain.roles import Role
from app.web.run import run_web
from tests.web.world import CONFIG, World


def main() -> None:
    config = replace(CONFIG, port=int(sys.argv[2]))
    world = World(sys.argv[1], config)
    world.person(Role.ENGINEER)
    run_web(world.web, config, lambda port: print(port, flush=True))


if __name__ == "__main__":
    main()
