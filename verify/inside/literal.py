"""Values as literals of Python, the one form in which they cross the border of a sandbox: reading them back runs nothing."""

LONGEST = 600
"""Characters of a literal."""
DEPTH = 8


def written(value):
    """The literal of a value, the same in every process; None where it has none, or a longer one."""
    try:
        text = literal(value, 0)
    except ValueError:
        return None
    return text if len(text) <= LONGEST else None


def literal(value, depth):
    """Raises ValueError. Objects of other classes than the builtin ones have none, nor has what is no number."""
    kind = type(value)
    if depth > DEPTH:
        raise ValueError
    if kind in (str, bytes) and len(value) > LONGEST:
        raise ValueError
    if value is None or kind in (bool, int, str, bytes):
        return repr(value)  # ValueError of its own for a number of very many digits
    if kind is float:
        if value != value:
            raise ValueError
        return repr(value).replace("inf", "1e999")
    if kind in (list, tuple, set, dict) and len(value) <= LONGEST:
        return several(value, kind, depth + 1)
    raise ValueError


def several(value, kind, depth):
    if kind is dict:
        pairs = ["%s: %s" % (literal(k, depth), literal(v, depth)) for k, v in value.items()]
        return "{%s}" % ", ".join(pairs)
    parts = [literal(part, depth) for part in value]
    if kind is list:
        return "[%s]" % ", ".join(parts)
    if kind is set:
        return "{%s}" % ", ".join(sorted(parts)) if parts else "set()"
    return "(%s,)" % parts[0] if len(parts) == 1 else "(%s)" % ", ".join(parts)


def call_written(args, named):
    """The arguments of a call, in their order and by name; None where one has no literal."""
    return written((tuple(args), dict(named)))
