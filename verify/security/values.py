"""What an expression may be made of, as far as one function tells: known text, and holes with an origin.

A string is a row of pieces, so that what was put together over several statements is seen whole, and a hole is seen
with what stands around it. Everything is a guess on the side of the code: what is not known to come from a caller or
from outside is unknown, and what went through a check counts as checked.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from ..newly import words

MOST = 80
"""Pieces of one value that are kept."""
BETWEEN = "\x1f"
"""Stands between the elements of a sequence."""


class Origin(IntEnum):
    UNKNOWN = 1
    PARAMETER = 2
    """A caller gives it."""
    OUTSIDE = 3
    """A request, a message, a user's line."""


class Hole(NamedTuple):
    origin: Origin
    name: str
    line: int = 0
    clean: frozenset[str] = frozenset()
    """The uses for which it was quoted."""
    parameter: str = ""
    """The parameter of this function that it comes from."""


Value = tuple[str | Hole, ...]
Env = dict[str, Value]
Known = Callable[[str], "Summary | None"]


class Summary(NamedTuple):
    """What a function of the same file gives back, in terms of its parameters."""

    parameters: tuple[str, ...]
    value: Value


FIXED: Value = ("0",)
"""A value that cannot carry an attack: a number, a truth, one of a fixed choice."""
NUMBERS = words(
    "int float bool len abs round sum hash id ord range complex isinstance issubclass callable hasattr enumerate"
    " uuid.UUID uuid.uuid4 uuid.uuid1 UUID decimal.Decimal Decimal datetime.date datetime.datetime date.fromisoformat"
    " datetime.fromisoformat ipaddress.ip_address ipaddress.ip_network time.time time.monotonic shlex.join"
    " secrets.token_hex secrets.token_urlsafe uuid4 psycopg2.sql.Identifier psycopg.sql.Identifier sql.Identifier"
    " sql.Literal sql.SQL"
)
"""Calls that give back nothing but what they check, however it came."""
QUOTING = {
    "shlex.quote": "shell",
    "pipes.quote": "shell",
    "html.escape": "html",
    "escape": "html",
    "markupsafe.escape": "html",
    "flask.escape": "html",
    "django.utils.html.escape": "html",
    "django.utils.html.conditional_escape": "html",
    "xml.sax.saxutils.escape": "html",
    "xml.sax.saxutils.quoteattr": "html",
    "bleach.clean": "html",
    "nh3.clean": "html",
    "os.path.basename": "path",
    "posixpath.basename": "path",
    "ntpath.basename": "path",
    "werkzeug.utils.secure_filename": "path",
    "secure_filename": "path",
    "werkzeug.utils.safe_join": "path",
    "safe_join": "path",
    "flask.safe_join": "path",
    "django.utils._os.safe_join": "path",
    "re.escape": "regex",
    "urllib.parse.quote": "url html path shell",
    "urllib.parse.quote_plus": "url html path shell",
    "urllib.parse.urlencode": "url html",
    "json.dumps": "json",
    "ldap.filter.escape_filter_chars": "ldap",
    "ldap3.utils.conv.escape_filter_chars": "ldap",
    "base64.b64encode": "shell html",
}
ALL = "shell html path sql regex url ldap code log"
CAREFUL = re.compile(
    r"(^|_|\.)(is_)?(valid|validat|saniti[sz]|escape|quote|safe|clean|slugify|check|allow|ensure|verify|whitelist"
    r"|permitted|normali[sz]e_identifier|secure)"
)
"""How functions of a project are called that look at a value before it is used, or make it harmless."""
ATTRIBUTES = words(
    "args form values json data cookies headers files GET POST body query_params query_string path_params match_info"
    " rel_url params query FILES META COOKIES stream content"
)
SOURCES = words(
    "input raw_input sys.stdin.read sys.stdin.readline get_json parse_qs parse_qsl urllib.parse.parse_qs"
    " urllib.parse.parse_qsl cgi.FieldStorage get_query_argument get_body_argument get_argument receive_text"
    " receive_json receive_bytes recv recvfrom receive get_param get_media"
)
"""Calls whose result comes from outside: by their whole name, or by the method's."""
BARE = frozenset(
    {"receive", "recv", "recvfrom", "get_json", "get_argument", "get_query_argument"}
) | frozenset(
    {"get_body_argument", "receive_text", "receive_json", "receive_bytes", "get_param", "get_media"}
)
PASSING = words(
    "strip lstrip rstrip lower upper title encode decode replace format format_map removeprefix removesuffix split"
    " rsplit splitlines partition join get getlist pop items values keys read readline readlines read_text read_bytes"
    " as_posix expanduser resolve absolute joinpath with_suffix with_name casefold capitalize zfill ljust rjust center"
    " expandtabs translate copy json text setdefault to_dict dict getall getone swapcase __str__ loads"
)
"""Methods whose result is made of what they are called on."""
WRAPPING = words(
    "str repr bytes bytearray list tuple set frozenset sorted reversed iter next Path PurePath pathlib.Path os.fspath"
    " pathlib.PurePath pathlib.PurePosixPath os.path.abspath os.path.realpath os.path.normpath os.path.expanduser"
    " os.path.expandvars io.BytesIO io.StringIO BytesIO StringIO base64.b64decode base64.urlsafe_b64decode"
    " urllib.parse.unquote unquote json.loads ascii min max filter textwrap.dedent dedent copy.copy copy.deepcopy"
    " bytes.fromhex zlib.decompress gzip.decompress codecs.decode binascii.unhexlify open io.open gzip.open dict"
)


def holes(value: Value) -> Iterator[Hole]:
    return (piece for piece in value if isinstance(piece, Hole))


def worst(value: Value) -> Hole | None:
    return max(holes(value), key=lambda h: h.origin, default=None)


def built(value: Value) -> bool:
    """Whether a value is put together, and not passed on as it came."""
    return len([p for p in value if p]) > 1


def joined(values: Iterable[Value], between: str = "") -> Value:
    """Values one after the other. Texts that touch become one."""
    found: list[str | Hole] = []
    for number, value in enumerate(values):
        for piece in ((between,) if number and between else ()) + value:
            if isinstance(piece, str) and found and isinstance(found[-1], str):
                found[-1] = (found[-1] + piece)[-4000:]
            elif len(found) < MOST:
                found.append(piece)
    return tuple(found)


def cleaned(value: Value, uses: str) -> Value:
    wanted = frozenset(uses.split())
    return tuple(p._replace(clean=p.clean | wanted) if isinstance(p, Hole) else p for p in value)


def constant(name: str) -> bool:
    """Whether a name says that its value is fixed."""
    return bool(re.fullmatch(r"_*[A-Z][A-Z0-9_]*", name.rpartition(".")[2]))


def weight(value: Value) -> int:
    found = worst(value)
    return found.origin if found else 0


def told(node: ast.expr) -> str:
    return " ".join(ast.unparse(node).split())[:60]


def key(node: ast.expr | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""
