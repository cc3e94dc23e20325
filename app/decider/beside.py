"""A part that may take its time, beside the others: a slow receiver must not hold up alerts."""

from threading import Thread

from app.decider.process import Step


class Beside:
    """Runs a step in a thread of its own, one at a time; what went wrong is said at the next call.

    The thread is a daemon: a process that ends cuts the step off, as a kill would.
    """

    def __init__(self, step: Step) -> None:
        self._step = step
        self._thread: Thread | None = None
        self._wrong: Exception | None = None

    def __call__(self, now: int) -> None:
        """Begin the step unless it still runs. Raises what went wrong the last time."""
        if self._thread is not None and self._thread.is_alive():
            return
        wrong, self._wrong = self._wrong, None
        self._thread = Thread(target=self._run, args=(now,), daemon=True)
        self._thread.start()
        if wrong is not None:
            raise wrong

    def wait(self, seconds: float) -> None:
        """Return when the step is done, or the time is over."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, now: int) -> None:
        try:
            self._step(now)
        except Exception as error:  # noqa: BLE001 (said at the next call, in the process's own thread)
            self._wrong = error
