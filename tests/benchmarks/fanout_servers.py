"""The servers ours is compared with: python -m tests.benchmarks.fanout_servers bare|interval <per second> <port>."""

import asyncio
import socket
import sys
from typing import Any

import msgspec
import uvicorn
import waitress
from dash import Dash, Input, Output, dcc, html

from app.live.feed import frame
from tests.sample_boards import sample_line_board

PAYLOAD = msgspec.json.encode(sample_line_board())
INTERVAL_CALL = {
    "output": "board.data",
    "outputs": {"id": "board", "property": "data"},
    "inputs": [{"id": "clock", "property": "n_intervals", "value": 1}],
    "changedPropIds": ["clock.n_intervals"],
}


def bare(per_second: float, port: int) -> None:
    """An endpoint that knows nobody and reads nothing: it writes the same bytes."""
    what = frame(PAYLOAD)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while True:
            await send({"type": "http.response.body", "body": what, "more_body": True})
            await asyncio.sleep(1 / per_second)

    listener = socket.create_server(("127.0.0.1", port))
    print(port, flush=True)
    uvicorn.Server(uvicorn.Config(answer, log_level="warning", lifespan="off")).run(sockets=[listener])


def interval(port: int) -> None:
    """The page everybody writes first: a timer in the browser, a callback on the server, the board as its answer."""
    app = Dash("naive")
    app.layout = html.Div([dcc.Interval(id="clock"), dcc.Store(id="board")])
    board = msgspec.json.decode(PAYLOAD)

    @app.callback(Output("board", "data"), Input("clock", "n_intervals"))
    def show(_: int) -> object:
        return board

    listener = socket.create_server(("127.0.0.1", port))
    print(port, flush=True)
    waitress.serve(app.server, sockets=[listener], threads=8)


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare(float(sys.argv[2]), int(sys.argv[3]))
    else:
        interval(int(sys.argv[3]))
