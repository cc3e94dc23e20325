"""The API's description (OpenAPI 3.1): what may be sent, what comes back, every status."""

from typing import Any, get_args

from app.domain.accounting.buckets import BUCKETS
from app.domain.events.contract import Event
from app.rest import openapi_decisions, openapi_handovers, openapi_messages, openapi_quarantine
from app.rest.ask import GROUPS
from app.rest.limits import LARGEST_PAGE, LONGEST_FILTER, MOST_BYTES, MOST_EVENTS, USUAL_PAGE
from app.rest.openapi_alerts import SCHEMAS as ALERT_SCHEMAS
from app.rest.openapi_alerts import alert_paths
from app.rest.openapi_demand import DEMAND_SCHEMAS, demand_paths
from app.rest.openapi_quality import SCHEMAS as QUALITY_SCHEMAS
from app.rest.openapi_quality import quality_paths
from app.rest.openapi_signals import SCHEMAS, signal_paths
from app.rest.openapi_work import WORK_SCHEMAS, work_paths
from app.rest.openapi_writes import COMPONENTS, write_paths

Schema = dict[str, Any]


def document() -> Schema:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lineside", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": {
            "/api/v1/events": {"post": _post_events()},
            "/api/v1/equipment": {"get": _get("equipment", "The equipment you may see", [], "Equipment", csv=False)},
            "/api/v1/kpis": {"get": _get("kpis", "KPI rows of a window", _kpi_parameters(), "Kpis")},
            "/api/v1/episodes": {"get": _get("episodes", "Episodes of a window", _episode_parameters(), "Episodes")},
            "/api/v1/orders": {"get": _get("orders", "Order runs of a window", _paged_parameters(), "Orders")},
            "/api/v1/findings": {"get": _get("findings", "Findings of a window", _paged_parameters(), "Findings")},
            **signal_paths(),
            **alert_paths(),
            **openapi_decisions.decision_paths(),
            **quality_paths(),
            **openapi_handovers.handover_paths(),
            **openapi_messages.message_paths(),
            **openapi_quarantine.quarantine_paths(),
            **demand_paths(),
            **work_paths(),
            "/api/v1/openapi.json": {"get": _openapi()},
            **_with_corrections(write_paths()),
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "lineside_session"},
            },
            "schemas": _schemas(),
        },
    }


_ABOUT = (
    "Times are UTC milliseconds, durations milliseconds, ratios fractions, counts integers of the product's "
    "resolution; null means not computable."
)


def _post_events() -> Schema:
    one: Schema = {"$ref": "#/components/schemas/Event"}
    lines = {"schema": {"type": "string", "description": "one event a line"}}
    return {
        "operationId": "postEvents",
        "summary": "Send events; each is answered accepted, duplicate or quarantined",
        "requestBody": {
            "required": True,
            "description": f"At most {MOST_EVENTS} events and {MOST_BYTES} bytes.",
            "content": {
                "application/json": {
                    "schema": {"anyOf": [one, {"type": "array", "items": one, "maxItems": MOST_EVENTS}]}
                },
                "application/x-ndjson": lines,
                "text/csv": {"schema": {"type": "string", "description": "columns named as the event's fields"}},
            },
        },
        "responses": {"200": _ok("Taken"), **_refusals(400, 401, 403, 413, 415, 429, 503)},
    }


def _get(name: str, summary: str, parameters: list[Schema], schema: str, *, csv: bool = True) -> Schema:
    answer = _ok(schema)
    if csv:
        answer["content"]["text/csv"] = {"schema": {"type": "string"}}
    refusals = _refusals(400, 401, 403, 404, 503) if csv else _refusals(401, 403, 503)
    return {
        "operationId": f"get{name.capitalize()}",
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": answer, **refusals},
    }


def _openapi() -> Schema:
    answer = {"description": "This description", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"operationId": "getOpenapi", "summary": "This description", "security": [], "responses": {"200": answer}}


def _window_parameters() -> list[Schema]:
    instant = {"type": "string", "description": "UTC milliseconds or ISO 8601", "examples": ["2026-11-23T06:00:00Z"]}
    return [
        {"name": "equipment", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}},
        {"name": "from", "in": "query", "schema": instant},
        {"name": "to", "in": "query", "schema": instant},
    ]


def _kpi_parameters() -> list[Schema]:
    return [
        *_window_parameters(),
        {"name": "by", "in": "query", "style": "form", "explode": False, "schema": _by()},
        {"name": "profile", "in": "query", "schema": {"type": "string"}},
    ]


def _by() -> Schema:
    return {"type": "array", "items": {"type": "string", "enum": list(GROUPS)}, "uniqueItems": True}


def _paged_parameters() -> list[Schema]:
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE}
    cursor = {"type": "string", "description": "`next` of the page before"}
    return [
        *_window_parameters(),
        {"name": "limit", "in": "query", "schema": limit},
        {"name": "cursor", "in": "query", "schema": cursor},
    ]


def _episode_parameters() -> list[Schema]:
    text = {"type": "string", "maxLength": LONGEST_FILTER}
    reason = text | {"description": "a reason's id, or `unclassified`: stops without one"}
    shift = text | {"description": "a shift's name, or one shift: `2026-11-23/early`"}
    return [
        *_paged_parameters(),
        {"name": "reason", "in": "query", "schema": reason},
        {"name": "bucket", "in": "query", "schema": {"type": "string", "enum": [b.key for b in BUCKETS]}},
        {"name": "shift", "in": "query", "schema": shift},
        {"name": "product", "in": "query", "schema": text},
    ]


def _ok(schema: str) -> Schema:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": "Here it is", "content": content}


def _refusals(*statuses: int) -> Schema:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": "Refused", "content": content} for status in statuses}


def _object(required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(schema: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}


_TEXT: Schema = {"type": "string"}
_INT: Schema = {"type": "integer"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE_INT: Schema = {"type": ["integer", "null"]}
_MAYBE: Schema = {"type": ["number", "null"]}


def _schemas() -> Schema:
    return {
        "Event": _event(),
        "Taken": _object(
            "accepted duplicate quarantined results",
            accepted=_INT,
            duplicate=_INT,
            quarantined=_INT,
            results={"type": "array", "items": _answer()},
        ),
        "Problem": _object("title status detail", title=_TEXT, status=_INT, detail=_TEXT),
        "Equipment": _object("sites", sites=_list("Site")),
        "Site": _object("path name zone areas", path=_TEXT, name=_TEXT, zone=_TEXT, areas=_list("Area")),
        "Area": _object("path name lines", path=_TEXT, name=_TEXT, lines=_list("Line")),
        "Line": _object("path name constraint counts_at machines", path=_TEXT, name=_TEXT, machines=_list("Machine")),
        "Machine": _machine(),
        "Kpis": _object("profile rows", profile=_TEXT, rows=_list("KpiRow")),
        "KpiRow": _kpi_row(),
        "Episodes": _object("episodes next", episodes=_list("Episode"), next=_MAYBE_TEXT),
        "Orders": _object("orders next", orders=_list("Order"), next=_MAYBE_TEXT),
        "Order": _order(),
        "Findings": _object("findings next", findings=_list("Finding"), next=_MAYBE_TEXT),
        "Finding": _finding(),
        "Episode": _episode(),
        "Corrections": _object("corrections next", corrections=_list("Correction"), next=_MAYBE_TEXT),
        "Correction": _correction(),
        "Receipt": _object("line id at", line=_TEXT, id=_TEXT, at=_INT),
        **COMPONENTS,
        **SCHEMAS,
        **ALERT_SCHEMAS,
        **openapi_decisions.SCHEMAS,
        **QUALITY_SCHEMAS,
        **openapi_handovers.SCHEMAS,
        **openapi_messages.SCHEMAS,
        **openapi_quarantine.SCHEMAS,
        **DEMAND_SCHEMAS,
        **WORK_SCHEMAS,
    }


def _with_corrections(paths: Schema) -> Schema:
    paths["/api/v1/corrections"]["get"] = _get(
        "corrections", "What people changed of a window", _paged_parameters(), "Corrections"
    )
    return paths


def _correction() -> Schema:
    return _object(
        "id equipment kind at from to by what note",
        **{"id": _TEXT, "equipment": _TEXT, "kind": _TEXT, "at": _INT, "from": _INT, "to": _MAYBE_INT},
        by=_TEXT,
        what=_TEXT,
        note=_MAYBE_TEXT,
    )


def _event() -> Schema:
    kinds = [kind.__struct_config__.tag for kind in get_args(Event)]
    return _object(
        "kind machine t source epoch seq",
        kind={"type": "string", "enum": kinds},
        machine={"type": "string", "description": "path, or a tail of one that is unique in the plant"},
        t={"type": "integer", "description": "UTC ms at the source"},
        source=_TEXT,
        epoch={"type": ["integer", "string"]},
        seq=_INT,
    )


def _answer() -> Schema:
    status = {"type": "string", "enum": ["accepted", "duplicate", "quarantined"]}
    return _object("status", status=status, reason=_TEXT)


def _machine() -> Schema:
    keys = "path name commissioning counts_since"
    return _object(keys, path=_TEXT, name=_TEXT, commissioning={"type": "boolean"}, counts_since=_MAYBE_INT)


def _kpi_row() -> Schema:
    counts = dict.fromkeys(["good", "reject", "rework", "ideal_ms", "ideal_good_ms"], _INT)
    ratios = "availability performance quality oee coverage teep utilisation throughput_per_h mtbf_ms mttr_ms trust"
    buckets = _object(" ".join(b.key for b in BUCKETS), **{b.key: _INT for b in BUCKETS})
    shift = {"anyOf": [_object("name date", name=_TEXT, date=_TEXT), {"type": "null"}]}
    span = {"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "null"}]}
    return _object(
        f"equipment from to shift product buckets_ms {' '.join(counts)} {ratios} oee_interval",
        **{"equipment": _TEXT, "from": _INT, "to": _INT, "shift": shift, "product": _MAYBE_TEXT},
        buckets_ms=buckets,
        oee_interval=span,
        **counts,
        **dict.fromkeys(ratios.split(), _MAYBE),
    )


def _episode() -> Schema:
    texts = ["said", "reason", "attested_by", "note", "caused_by", "order", "product", "shift"]
    return _object(
        f"id machine from to bucket version etag {' '.join(texts)}",
        **{"id": _TEXT, "machine": _TEXT, "from": _INT, "to": _MAYBE_INT, "version": _INT, "etag": _TEXT},
        bucket={"type": "string", "enum": [b.key for b in BUCKETS]},
        **dict.fromkeys(texts, _MAYBE_TEXT),
    )


def _order() -> Schema:
    return _object(
        "line order product quantity from to due",
        **{"line": _TEXT, "order": _TEXT, "from": _INT, "to": _MAYBE_INT},
        product=_MAYBE_TEXT,
        quantity=_MAYBE_INT,
        due=_MAYBE_INT,
    )


def _finding() -> Schema:
    return _object(
        "equipment rule from to detail owner count",
        **{"equipment": _TEXT, "rule": _TEXT, "from": _INT, "to": _MAYBE_INT},
        detail=_TEXT,
        owner=_MAYBE_TEXT,
        count=_INT,
    )
