"""`/healthz` alive, `/readyz` useful, `/metrics` how much: for the machine that watches the machine."""

import ipaddress
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify, request
from flask_login import current_user

from app.domain.roles import Permission, may
from app.web.metrics import Metrics

Readiness = Callable[[], Mapping[str, object]]
"""Return the parts and how they are; `problems` lists what is wrong in words, empty when ready."""


def probes_blueprint(readiness: Readiness, metrics: Metrics) -> Blueprint:
    """Return the three routes; without sign-in from loopback only, else for who may see metrics."""
    probes = Blueprint("probes", __name__)

    @probes.get("/healthz")
    def healthz() -> Response:
        return jsonify({"status": "alive"})

    @probes.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = dict(readiness())
        status = 503 if found.get("problems") else 200
        return jsonify(found if _may_look() else {"ready": status == 200}), status

    @probes.get("/metrics")
    def metrics_text() -> Response:
        if not _may_look():
            return Response("not allowed", 401, content_type="text/plain")
        return Response(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return probes


def _may_look() -> bool:
    if current_user.is_authenticated and may(current_user.identity, Permission.SEE_METRICS):
        return True
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
