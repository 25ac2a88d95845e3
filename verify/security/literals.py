"""Passwords and keys that stand in the code, and secrets that are written to a log."""

import ast
import re
from collections.abc import Iterator, Mapping

from ..tricks import dotted
from .module import Module, Sight, defaults, looked_at

NAMED = re.compile(
    r"(^|_)(pass(word|wd|phrase|code)|pwd|secret|secret_?key|api_?key|apikey|access_?key|auth_?token|api_?token|private_?key"
    r"|access_?token|jwt_?secret|signing_?key|encryption_?key|client_?secret|db_?pass|token|aws_?secret\w*|fernet_?key)$"
)
"""How names end that hold a secret, in small letters."""
SAMPLE = re.compile(
    r"change.?me|example|your|dummy|placeholder|redacted|xxx|\*\*\*|todo|fixme|insert|<.*>|\$\{|\{\w*\}|%\(|%s|^test|fake|sample|none|null|^n/?a$",
    re.I,
)
SAID = re.compile(
    r"(^|[_.])(pass(word|wd|phrase)|pwd|secret(_key)?|api_?key|private_?key|(access|auth|refresh|api|reset|session)_?token|credit_?card|card_number|cvv|ssn)$",
    re.I,
)
LOGGING = re.compile(
    r"(^|\.)(log|logger|logging|_log|_logger|LOG|LOGGER|app\.logger|current_app\.logger)\.(debug|info|warning|warn|error|exception|critical|log)$"
)


def literals(module: Module) -> Iterator[Sight]:
    for node in looked_at(module):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from held(name_of(target), value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from held(name_of(target), value)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    yield from held(name_of(key), value)
            case ast.Call():
                for keyword in node.keywords:
                    yield from held(keyword.arg or "", keyword.value)
                yield from fallback(node, module.names)
                yield from logged(node, module.names)
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                yield from held(name_of(left), right)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for argument, value in defaults(node.args):
                    yield from held(argument.arg, value)
            case _:
                pass


def name_of(node: ast.expr | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str(name)):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
            return name
        case _:
            return ""


def held(name: str, value: ast.expr) -> Iterator[Sight]:
    """A literal that a name says is a secret."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str | bytes):
        text = value.value if isinstance(value.value, str) else value.value.decode("latin-1")
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("-", "_")
        if NAMED.search(name) and secret(name, text):
            loud = bool(re.search(r"\d|[^\w\s]", text)) or len(text) >= 16
            yield Sight(
                "secret-in-code",
                "error" if loud else "warning",
                value,
                f"`{name}` is in the code for all to read",
            )


def secret(name: str, text: str) -> bool:
    """Whether a text may be a secret, and not a name, a sentence, an address or an example."""
    bare = text.lower().replace("-", "_").replace(" ", "_")
    if len(text) < 5 or re.search(r"\s", text) or SAMPLE.search(text) or len(set(text)) < 4:
        return False
    if (
        NAMED.search(bare)
        or bare == name
        or (
            re.search(r"passw|secret_?|token|_key\b|api_?key|auth", bare)
            and re.fullmatch(r"[A-Za-z_.:/\-]+", text)
        )
    ):
        return False
    if re.fullmatch(
        r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|[a-z]+([_.:/-][a-z]+)*[:=]?|[A-Z][a-z]+([A-Z][a-z]+)*|https?://.*|[./~].*|--?[\w-]+|\W+",
        text,
    ):
        return (
            bool(re.search(r"pass(word|wd)$|pwd$", name))
            and text.isalpha()
            and text.islower()
            and len(text) < 12
        )
    return not (name.endswith("token") and len(text) < 10)


def fallback(node: ast.Call, names: Mapping[str, str]) -> Iterator[Sight]:
    """What stands in for a secret that the environment does not give."""
    if (
        dotted(node.func, names) in ("os.environ.get", "os.getenv", "getenv", "environ.get")
        and len(node.args) == 2
    ):
        yield from (
            s._replace(severity="error")
            for s in held(name_of(node.args[0]), node.args[1])
            if s.severity == "error"
        )


def logged(node: ast.Call, names: Mapping[str, str]) -> Iterator[Sight]:
    what = dotted(node.func, names)
    logger = isinstance(node.func, ast.Attribute) and "getLogger" in ast.unparse(node.func.value)
    if not LOGGING.search(what) and not logger and what != "print":
        return
    for argument in (*node.args, *(k.value for k in node.keywords)):
        for inner in shown(argument):
            if SAID.search(inner):
                yield Sight(
                    "secret-in-log",
                    "error" if what != "print" else "warning",
                    node,
                    f"`{inner}` is written to the log",
                )
                return


def shown(node: ast.expr) -> Iterator[str]:
    """The names whose values a text shows as they are."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Attribute():
            yield dotted(node, {}) or node.attr
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            yield name
        case ast.JoinedStr(values=parts):
            for part in parts:
                if isinstance(part, ast.FormattedValue):
                    yield from shown(part.value)
        case ast.BinOp(left=left, right=right):
            yield from shown(left)
            yield from shown(right)
        case ast.Tuple(elts=parts):
            for part in parts:
                yield from shown(part)
        case ast.Call(func=ast.Attribute(attr="format", value=inner), args=args, keywords=keywords):
            yield from shown(inner)
            for part in (*args, *(k.value for k in keywords)):
                yield from shown(part)
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[inner]):
            yield from shown(inner)
        case _:
            pass
