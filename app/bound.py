"""`python -m app.bound PARENT COMMAND ...`: runs a command that ends when the process PARENT ends, however it ends.

A supervisor that is killed with -9 cannot stop its children; on Linux the kernel does it for us (PR_SET_PDEATHSIG,
kept over exec). PARENT is the process id of who starts it, said by them: whoever was killed before this line ran is
no longer to be seen from here, and the command would live on for ever. Elsewhere the command simply runs.
The command finds its own process id in LINESIDE_BOUND, for what it starts through a configuration file.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
OWN_PID = "LINESIDE_BOUND"


def bind_to_parent(parent: int) -> None:
    """Ask the kernel to send SIGTERM when `parent` (our parent's process id) is gone; at once if it is already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Bind to the parent, then become the command."""
    bind_to_parent(int(sys.argv[1]))
    os.environ[OWN_PID] = str(os.getpid())
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 (our own supervisor's command line)


if __name__ == "__main__":
    main()
