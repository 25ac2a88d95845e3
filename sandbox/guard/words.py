"""JSON without the module json, which imports re: half of the time that the guard takes to start.

The C functions that json is built on are CPython's own; where a Python lacks them, json itself serves.
"""

try:
    from _json import encode_basestring_ascii as quoted
    from _json import make_scanner
except ImportError:
    from json import dumps as quoted

    make_scanner = None


class Rules:
    """How a scanner reads."""

    strict, memo = True, {}
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, float


def decoded(text):
    """The value that one line holds."""
    if make_scanner:
        return make_scanner(Rules)(text, 0)[0]  # type: ignore[arg-type]
    from json import loads

    return loads(text)


def encoded(message):
    """A flat object of text, numbers and truth values as JSON."""
    return "{%s}" % ", ".join(["%s: %s" % (quoted(name), value(message[name])) for name in message])


def value(of):
    if of is True or of is False:
        return "true" if of else "false"
    return quoted(of) if isinstance(of, str) else repr(of)
