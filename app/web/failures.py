"""What people see when something fails: a designed page, or a problem for programs; never a traceback."""

import logging

from dash.exceptions import DashException
from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from app.historian.away import DatabaseAway
from app.rest.problems import problem

log = logging.getLogger("lineside.web")


def install(server: Flask) -> None:
    """Answer every error of `server`."""
    server.register_error_handler(ConnectionError, _away)
    server.register_error_handler(DatabaseAway, _away)
    server.register_error_handler(DashException, _odd)
    server.register_error_handler(HTTPException, _http)
    server.register_error_handler(Exception, _failed)


def _away(error: ConnectionError | DatabaseAway) -> Response:
    log.warning("a request met an absent store", extra={"path": request.path, "error": str(error)})
    return _answer("unavailable", 503, "the plant's data store is away; try again")


def _odd(error: DashException) -> Response:
    """A callback asked for in a way our pages never ask."""
    log.info("an odd callback request", extra={"error": str(error)})
    return _answer("failed", 400, "not a request of our pages")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return _answer("not_found" if status == 404 else "failed", status, error.description or "")


def _failed(error: Exception) -> Response:
    log.error("a request failed", exc_info=error, extra={"path": request.path})
    return _answer("failed", 500, "something failed here; it is in the log")


def _answer(key: str, status: int, detail: str) -> Response:
    if request.path.startswith("/api/"):
        return problem(status, detail)
    if request.path.startswith("/_dash"):
        answer = jsonify({"error": key})
        answer.status_code = status
        return answer
    return Response(render_template("message.html", key=key), status, content_type="text/html; charset=utf-8")
