"""Small inputs for a function that no test calls, by what its parameters say of themselves."""

import inspect
import os
import re
import sys

from .ways import Sample

VALUES = (
    (r"dict|mapping", {"ab": 1, "cd": 2}),
    (r"set\[str", {"ab", "cd"}),
    (r"set\b", {3, 1, 2}),
    (r"(list|sequence|iterable|tuple|collection)\[(list|sequence|tuple)\[int", [[3, 1], [2, 4]]),
    (r"(list|sequence|iterable|tuple|collection)\[str", ["ab", "cd", "ef"]),
    (r"(list|sequence|iterable|tuple|collection)(\[(int|float)|$)", [3, 1, 2]),
    (r"^str$", "ab cd"),
    (r"^int$", 3),
)
"""By annotation."""
NAMES = (
    (r"(words|names|lines|strings|keys|tokens|tags|ids|paths|urls)$", ["ab", "cd", "ef"]),
    (
        r"(items|values|numbers|nums|xs|ys|data|seq|sequence|arr|array|lst|elements|a|b|left|right)$",
        [3, 1, 2],
    ),
    (r"(text|string|line|sentence|word|s|name|source|pattern|body|content)$", "ab cd"),
    (r"(n|k|count|size|limit|number|depth|steps)$", 3),
)
"""By name, where there is no annotation."""


def sample(path, name):
    """A call of the function in a file; None where a parameter says nothing."""
    found = next((m for m in list(sys.modules.values()) if same(getattr(m, "__file__", None), path)), None)
    call = vars(found).get(name) if found else None
    if not inspect.isroutine(call) and not callable(call):
        return None
    try:
        parameters = list(inspect.signature(call).parameters.values())
    except (TypeError, ValueError):
        return None
    args = []
    for one in parameters:
        if one.kind not in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD):
            break
        value = said(one)
        if value is None:
            if one.default is not one.empty:
                break
            return None
        args.append(value)
    return Sample(call, args, {}) if args else None


def same(name, path):
    return isinstance(name, str) and os.path.realpath(name) == path


def said(one):
    if one.annotation is not one.empty:
        text = one.annotation if isinstance(one.annotation, str) else getattr(one.annotation, "__name__", "")
        if not isinstance(one.annotation, (str, type)) or hasattr(one.annotation, "__args__"):
            text = str(one.annotation)
        text = re.sub(r"\b(typing|collections\.abc|collections)\.", "", text).lower()
        return next((value for pattern, value in VALUES if re.match(pattern, text)), None)
    return next((value for pattern, value in NAMES if re.match(pattern, one.name)), None)
