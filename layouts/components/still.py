"""Large parts of a page that nothing is wired to, described for the browser to make at once.

Dash keeps account of every component of a page, at a cost that grows with the square of their number: a list of
several hundred rows holds a browser up for a minute. What is only looked at, or asks through marks (`data-...`), needs
none of that. `still` describes such a part's inside in `data-still`, as JSON; assets/js/08-still.js makes elements and
texts of it, so nothing in it can ever become markup or code (docs/decisions/0017-still-parts.md).
"""

import json
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from dash.development.base_component import Component

ENOUGH = 40
"""Components inside a part from which on it pays."""
MARK = "data-still"
_HTML = "dash_html_components"
_ATTRIBUTES = {
    "className": "class", "htmlFor": "for", "colSpan": "colspan", "rowSpan": "rowspan", "tabIndex": "tabindex",
    "dateTime": "datetime",
}  # fmt: skip
_PLAIN = frozenset({
    "href", "title", "role", "scope", "type", "name", "value", "lang", "headers", "src", "alt", "width", "height",
    "download", "target", "rel", "style",
})  # fmt: skip
_SWITCHES = frozenset({"hidden", "disabled", "checked", "open", "selected", "multiple", "required"})
_MOVING = frozenset({
    "Dialog", "Form", "Template", "Script", "Style", "Iframe", "Textarea", "Input", "ObjectEl", "Embed",
})  # fmt: skip
"""What holds what a person typed or opened, or what the painter or nobody may write anew."""
_PAINTED = frozenset({"data-live", "data-bind", "data-show", "data-hide", "data-draw", "data-list", MARK})
_VOID = frozenset({"Br", "Hr", "Img", "Col", "Wbr"})
Tree = Component | Sequence[Any] | str | int | float | None


def still(part: Any) -> Any:
    """Return the part with every large inside that nothing is wired to described; other values stay as they are."""
    if isinstance(part, list | tuple):
        return [still(one) for one in part]
    if not isinstance(part, Component):
        return part
    inside = getattr(part, "children", None)
    if inside is None or isinstance(inside, str | int | float):
        return part
    changed = copy(part)
    if _is_tag(part) and _fits(part) and all(map(_is_still, _many(inside))) and _size(inside) >= ENOUGH:
        changed.children = None
        setattr(changed, MARK, json.dumps(described(inside), ensure_ascii=False, separators=(",", ":")))
    else:
        changed.children = still(inside)
    return changed


def described(part: Tree) -> list[Any]:
    """Return a tree of HTML components as a list of texts and of [tag, attributes, *inside]."""
    if part is None or isinstance(part, bool):
        return []
    if isinstance(part, str | int | float):
        return [str(part)]
    if not isinstance(part, Component):
        return [one for each in part for one in described(each)]
    return [[part._type.lower(), _attributes(part), *described(getattr(part, "children", None))]]  # noqa: SLF001


def _attributes(part: Component) -> dict[str, Any]:
    """Return attributes as a browser names them; a switch that is off is left out, `style` is a mapping."""
    found: dict[str, Any] = {}
    for name, value in _props(part).items():
        if name in _SWITCHES:
            found |= {name: ""} if value or value == "" else {}
        elif isinstance(value, Mapping):
            found["style"] = {_hyphens(key): str(said) for key, said in value.items()}
        else:
            found[_ATTRIBUTES.get(name, name)] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


def _hyphens(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def _props(part: Component) -> dict[str, Any]:
    names = (name for name in part._prop_names if name not in ("children", "id"))  # noqa: SLF001
    known = {name: getattr(part, name, None) for name in names}
    marked = {name: value for name, value in sorted(vars(part).items()) if name.startswith(("data-", "aria-"))}
    return {name: value for name, value in {**known, **marked}.items() if value is not None}


def _is_tag(part: Component) -> bool:
    return part._namespace == _HTML and part._type not in _VOID  # noqa: SLF001


def _fits(part: Component) -> bool:
    """Whether a part may keep its inside as a mark: no wire writes its inside (it has no id), nothing paints it."""
    return getattr(part, "id", None) is None and part._type != "Template" and _PAINTED.isdisjoint(vars(part))  # noqa: SLF001


def _is_still(part: object) -> bool:
    """Whether nothing inside is wired, typed into, or painted."""
    if not isinstance(part, Component):
        return part is None or isinstance(part, str | int | float)
    if part._namespace != _HTML or part._type in _MOVING or getattr(part, "id", None) is not None:  # noqa: SLF001
        return False
    props, inside = _props(part), _many(getattr(part, "children", None))
    if not all(_is_known(name, value) for name, value in props.items()):
        return False
    return all(map(_is_still, inside))


def _is_known(name: str, value: object) -> bool:
    if name in _PAINTED:
        return False
    is_mark = name.startswith(("data-", "aria-")) or name in _ATTRIBUTES or name in _PLAIN or name in _SWITCHES
    return is_mark and (name == "style" or isinstance(value, str | int | float))


def _many(inside: Any) -> Sequence[Any]:
    return inside if isinstance(inside, list | tuple) else [inside]


def _size(inside: Any) -> int:
    parts = (one for one in _many(inside) if isinstance(one, Component))
    return sum(1 + _size(getattr(one, "children", None)) for one in parts)
