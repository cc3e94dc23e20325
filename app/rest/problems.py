"""Errors as `application/problem+json` (RFC 9457): one shape for every refusal of the API."""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound, Refused, Unavailable
from app.auth.throttle import TooMany
from app.historian.away import DatabaseAway

STATUS: Mapping[type[Refused], int] = {Invalid: 400, Forbidden: 403, NotFound: 404, Conflict: 409, Unavailable: 503}
TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Changed in between",
    413: "Too much at once",
    415: "Unknown content type",
    428: "Say what you saw",
    429: "Too many requests",
    500: "Something failed here",
    503: "Not available now",
}


def problem(status: int, detail: str) -> Response:
    """Return the answer for a refusal; detail says what, where, and what would be right."""
    answer = jsonify({"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "detail": detail})
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def install(api: Blueprint) -> None:
    """Answer every error inside `api` in this shape."""
    api.register_error_handler(Refused, _refused)
    api.register_error_handler(ConnectionError, _away)
    api.register_error_handler(DatabaseAway, _away)
    api.register_error_handler(HTTPException, _http)


def _refused(error: Refused) -> Response:
    if isinstance(error, TooMany):
        answer = problem(429, str(error))
        answer.headers["Retry-After"] = str(error.wait_s)
        return answer
    return problem(next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400), str(error))


def _away(error: ConnectionError | DatabaseAway) -> Response:
    return problem(503, f"{error}; nothing was taken, try again")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status, error.description or request.path)
    if status == 405 and getattr(error, "valid_methods", None):
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer
