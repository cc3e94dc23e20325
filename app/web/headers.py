"""Headers every answer carries: what a browser may do with what it got."""

from collections.abc import Sequence

from flask import Flask, Response, request

from app.web.config import WebConfig

_CACHED = ("/assets/", "/_dash-component-suites/", "/_favicon.ico")


def csp(script_hashes: Sequence[str]) -> str:
    """Return the content security policy: everything from here, scripts by file or by hash, no eval.

    Styles may be inline: plotly and dash-mantine-components set style attributes on their own elements.
    """
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def secure(server: Flask, config: WebConfig, script_hashes: Sequence[str]) -> None:
    """Add the headers to every answer of `server`."""
    fixed = {
        "Content-Security-Policy": csp(script_hashes),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if config.is_https:
        fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    def add(answer: Response) -> Response:
        for name, value in fixed.items():
            answer.headers.setdefault(name, value)
        if not request.path.startswith(_CACHED):
            answer.headers["Cache-Control"] = "no-store"
        return answer

    server.after_request(add)
