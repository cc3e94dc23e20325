"""The words of the pages that are drawn on the server."""

from collections.abc import Callable, Sequence

from flask import Flask, request

Translate = Callable[[str, str], str]


def language(offered: Sequence[str]) -> str:
    """Return the language of the link, the one chosen (cookie), or the browser's best of `offered`, else the first."""
    for wanted in (request.args.get("lang"), request.cookies.get("lang")):
        if wanted in offered:
            return str(wanted)
    return request.accept_languages.best_match(offered) or offered[0]


def install(server: Flask, translate: Translate, offered: Sequence[str], stylesheets: Sequence[str]) -> None:
    """Give every template `t(key)`, `lang` and `stylesheets`. translate: (key, language) -> text."""

    def words() -> dict[str, object]:
        lang = language(offered)
        return {"t": lambda key: translate(key, lang), "lang": lang, "stylesheets": stylesheets}

    server.context_processor(words)
