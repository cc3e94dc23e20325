"""The language of whoever asks: `?lang=`, then what they chose (cookie), then what their browser prefers."""

from flask import has_request_context, request

from app.text.translate import choose


def language() -> str:
    """Return the code of the language to answer the current request in."""
    if not has_request_context():
        return choose([])
    return choose([request.args.get("lang"), request.cookies.get("lang")], list(request.accept_languages.values()))
