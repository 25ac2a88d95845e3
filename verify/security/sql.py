"""Whether a text that is put together is a query, and what a hole in it may do."""

import re

from ..finding import Severity
from ..newly import words
from .values import Hole, Origin, Value

RUNNING = words(
    "execute executemany executescript raw read_sql read_sql_query exec_driver_sql fetchrow fetchval mogrify RawSQL"
    " execute_sql run_query"
)
"""Methods that run a query."""
QUERY = re.compile(
    r"^[\s(]*(select\s.+?\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s|replace\s+into\s"
    r"|(create|drop|alter|truncate)\s+(table|view|index|database|user|role|schema)\b|with\s+\w+\s+as\s*\("
    r"|grant\s+\S+|merge\s+into\s|exec(ute)?\s+\w+)",
    re.I | re.S,
)
LOUD = re.compile(
    r"^[\s(]*(SELECT\s.+?\sFROM|INSERT\s+INTO|UPDATE\s.+?\sSET|DELETE\s+FROM|REPLACE\s+INTO)\b", re.S
)
VALUE = re.compile(
    r"(=|<|>|\blike|\bilike|\bin\s*\(|\bvalues\s*\(|\bbetween|\band|\bor|\bwhere|\bhaving|\blimit|\boffset|\border\s+by"
    r"|\bgroup\s+by|\bnot|\|\||%|values\s*\([^)]*,)\s*$",
    re.I,
)
CLAUSE = re.compile(
    r"(^|[_.])(where|clause|condition|conditions|filter|filters|sql|criteria|predicate|suffix|columns?_sql)s?(_\w+)?$",
    re.I,
)
"""Names of what is itself a part of a query, by those who wrote it."""
PLACES = re.compile(r"(^|[_.])(placeholders?|marks|qmarks|params?|bind\w*|slots)$", re.I)

NAMING = re.compile(r"(table|schema|column|col|field|alias|index|database|view|quoted)s?(_name)?$", re.I)
"""Names of names in a database."""
INNER = re.compile(
    r"table|schema|column|database|db_?name|version|format|dialect|type|kind|prefix|encoding|collat|self\.\w+$",
    re.I,
)
"""Names of what the code itself puts between quotes."""


def injected(value: Value, runs: bool) -> tuple[Severity, Hole] | None:
    """What a value's worst hole does to the query that it is; None where it is none, or its holes do no harm."""
    text = "".join(p if isinstance(p, str) else "hole" for p in value)
    if len(value) < 2 or not (QUERY.search(text) if runs else LOUD.search(text)):
        return None
    told: list[tuple[Severity, Hole]] = []
    for number, piece in enumerate(value):
        if isinstance(piece, Hole) and "sql" not in piece.clean and not PLACES.search(piece.name):
            front = "".join(p if isinstance(p, str) else "hole" for p in value[:number])
            rest = value[number + 1] if number + 1 < len(value) else ""
            severity = grade(piece, front, rest if isinstance(rest, str) else "")
            if severity:
                told.append((severity, piece))
    return min(told, key=lambda t: ("error", "warning", "note").index(t[0])) if told else None


def grade(hole: Hole, front: str, rest: str) -> Severity | None:
    """A value can end the text that it stands in; a name of a table is mostly the code's own."""
    open_ = front.replace("''", "").count("'") % 2 == 1
    double = re.search(r'(=|<|>|\blike|\(|,)\s*"%?$', front, re.I) and re.match(r'%?"', rest)
    compared = re.match(r"[\"\s]*(=|<|>|!=|\bin\b|\blike\b|\bis\b|\()", rest, re.I)
    quoted = open_ or bool(double and not compared)
    stands = quoted or bool(VALUE.search(front) and not compared)
    named = NAMING.search(hole.name) and not quoted and not re.search(r"\bby\s*$", front, re.I)
    if hole.origin == Origin.OUTSIDE:
        return "error"
    if hole.origin == Origin.UNKNOWN:
        return None if not quoted else "warning" if INNER.search(hole.name) else "error"
    if CLAUSE.search(hole.name) or named:
        return "note"
    return "error" if stands else "warning"
