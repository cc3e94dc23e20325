"""The words of the pages that are drawn on the server."""

from collections.abc import Callable, Sequence

from flask import Flask, request

Translate = Callable[[str, str], str]


def language(offered: Sequence[str]) -> str:
    """Return the best of `offered` for the browser of the current request; the first when it does not say."""
    return request.accept_languages.best_match(offered) or offered[0]


def install(server: Flask, translate: Translate, offered: Sequence[str], stylesheets: Sequence[str]) -> None:
    """Give every template `t(key)`, `lang` and `stylesheets`. translate: (key, language) -> text."""

    def words() -> dict[str, object]:
        lang = language(offered)
        return {"t": lambda key: translate(key, lang), "lang": lang, "stylesheets": stylesheets}

    server.context_processor(words)
