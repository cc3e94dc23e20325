"""The web worker as a process of its own, to be killed or measured.

python -m tests.chaos.web_process <redis url> [tick in ms] <port>
"""

import sys
from dataclasses import replace

from app.domain.roles import Role
from app.web.run import run_web
from tests.web.world import CONFIG, World


def main() -> None:
    url, *tick_ms, port = sys.argv[1:]
    config = replace(CONFIG, port=int(port), **({"tick_ms": int(tick_ms[0])} if tick_ms else {}))
    world = World(url, config)
    world.person(Role.ENGINEER)
    run_web(world.web, config, lambda port: print(port, flush=True))


if __name__ == "__main__":
    main()
