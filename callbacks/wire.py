"""The one place where a handler meets Dash: who may, how long it took, what went wrong, what triggered it.

    def register(wire):
        wire(show_hours, Output(Ids.hours, "children"), Input(Ids.shift, "value"))

`wire` already knows its page; who may use a wire is who may open its page (app.sitemap), checked on the server for
every call before the handler runs. A handler is handler(services, *values) -> value(s), or, wired with
`tell_trigger=True`, handler(services, trigger, *values) with the id of the component that fired.
"""

import logging
from collections.abc import Callable
from functools import update_wrapper
from time import perf_counter
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate

from app.services import Refused, Services
from callbacks.language import language
from layouts.components.problem import Problem, ProblemIds
from layouts.components.still import still

log = logging.getLogger("lineside.wire")
Handler = Callable[..., Any]
Timing = Callable[[str, float, str], None]


class WireBook:
    """Which page every callback belongs to, by the output text Dash calls it by; what is not in it is denied."""

    def __init__(self) -> None:
        self._pages: dict[str, str] = {}
        self._ends: dict[str, tuple[int, int]] = {}

    def write(self, output: str, page: str, inputs: int, states: int) -> None:
        """Remember that the callback `output` belongs to `page` and how much it hears."""
        self._pages[output] = page
        self._ends[output] = (inputs, states)

    def fits(self, output: str, inputs: object, states: object) -> bool:
        """Return whether a request for `output` brings as much as was wired; ours always do."""
        sent = [found if isinstance(found, list) else [] for found in (inputs, states)]
        return self._ends.get(output) == (len(sent[0]), len(sent[1]))

    def page_of(self, output: str) -> str | None:
        """Return the page of a callback, or None: nobody registered it here."""
        return self._pages.get(output)


class Wire:
    """Connect plain functions to components: wire(handler, Output(...), Input(...), State(...))."""

    def __init__(self, app: Dash, services: Services, book: WireBook, timing: Timing, page: str = "frame") -> None:
        self._app = app
        self._services = services
        self._book = book
        self._timing = timing
        self.page = page

    def for_page(self, page: str) -> "Wire":
        """Return the wire of another page: its callbacks are open to that page's roles only."""
        return Wire(self._app, self._services, self._book, self._timing, page)

    def __call__(
        self, handler: Handler, *ends: Output | Input | State, at_start: bool = False, tell_trigger: bool = False
    ) -> None:
        """Register one callback; `at_start` also runs it when the page opens."""
        known = set(self._app.callback_map)
        outputs = sum(isinstance(end, Output) for end in ends)
        bound = self._bound(handler, outputs, tell_trigger)
        self._app.callback(*ends, prevent_initial_call=not at_start)(bound)
        kinds = [type(end) for end in ends]
        for output in set(self._app.callback_map) - known:
            self._book.write(output, self.page, kinds.count(Input), kinds.count(State))

    def client(self, namespace: str, function: str, *ends: Output | Input | State, at_start: bool = False) -> None:
        """Register a callback that runs in the browser: `window.dash_clientside.<namespace>.<function>`."""
        from_browser = f"window.dash_clientside.{namespace}.{function}"
        self._app.clientside_callback(  # type: ignore[no-untyped-call]
            from_browser, *ends, prevent_initial_call=not at_start
        )

    def _bound(self, handler: Handler, outputs: int, tell_trigger: bool) -> Handler:
        name = f"{self.page}.{handler.__name__}"

        def call(*values: Any) -> Any:
            said = (ctx.triggered_id, *values) if tell_trigger else values
            began, outcome = perf_counter(), "ok"
            try:
                return _ready(handler(self._services, *said))
            except PreventUpdate:
                raise
            except ConnectionError:
                outcome = "unavailable"
                return _show(Problem(kind="unavailable", text="", wire=name), outputs)
            except Refused as refused:
                outcome = refused.kind
                return _show(Problem(kind=refused.kind, text=refused.words(language()), wire=name), outputs)
            except Exception:
                outcome = "failed"
                log.exception("a wire failed", extra={"wire": name})
                return _show(Problem(kind="failed", text="", wire=name), outputs)
            finally:
                self._timing(name, perf_counter() - began, outcome)

        return update_wrapper(call, handler)


def _ready(found: Any) -> Any:
    """Return what a handler returns with its large parts as HTML."""
    return tuple(map(still, found)) if isinstance(found, tuple) else still(found)


def _show(problem: Problem, outputs: int) -> Any:
    set_props(ProblemIds.last, {"data": problem})
    return no_update if outputs < 2 else (no_update,) * outputs
