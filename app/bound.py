"""`python -m app.bound COMMAND ...`: runs a command that ends when the process that started it ends, however it ends.

A supervisor that is killed with -9 cannot stop its children; on Linux the kernel does it for us (PR_SET_PDEATHSIG,
kept over exec). Elsewhere the command simply runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def bind_to_parent(parent: int) -> None:
    """Ask the kernel to send SIGTERM when `parent` (our parent's process id) is gone; at once if it is already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Bind to the parent, then become the command."""
    bind_to_parent(os.getppid())
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 (our own supervisor's command line)


if __name__ == "__main__":
    main()
