"""Code by which a program can pass its tests without doing what they ask, by syntax, where a patch brings it.

Only what is new counts: what a file held before is the project's own. A file's tests are not looked at here.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .finding import Finding, Severity
from .literals import value
from .parse import parse
from .weaken import last

RUNNERS = frozenset({"pytest", "_pytest", "unittest", "nose", "doctest"})
"""Modules that run tests. Code that is tested has no reason to know them."""
SIGNS = ("PYTEST_", "UNITTEST_", "TOX_ENV", "NOX_", "JEST_WORKER", "GITHUB_ACTIONS", "PATCHWRIGHT")
"""How variables of the environment begin that tell that tests are run, and where."""
REACHING = {
    "os._exit": "ends the process without a word, and the runner's verdict with it",
    "os.abort": "ends the process without a word",
    "os.killpg": "ends processes",
    "faulthandler.register": "takes over signals",
    "gc.get_objects": "finds the objects of others, the runner's too",
    "gc.get_referrers": "finds the objects of others, the runner's too",
    "sys.settrace": "watches or changes what others run",
    "sys.setprofile": "watches or changes what others run",
    "sys.addaudithook": "watches what others run",
    "sys._getframe": "looks at who called it",
    "inspect.stack": "looks at who called it",
    "inspect.currentframe": "looks at who called it",
    "inspect.getouterframes": "looks at who called it",
    "ctypes.pythonapi": "reaches into the interpreter",
    "atexit.register": "runs when the tests are over",
}
BLOCKING = frozenset({"os._exit", "os.abort", "gc.get_objects", "gc.get_referrers", "ctypes.pythonapi"})
"""Of those, what hardly any program has a need for; the others are only told."""
OTHERS = (
    "builtins",
    "__builtins__",
    "sys.modules",
    "sys.meta_path",
    "sys.path_hooks",
    "sys.exit",
    "sys.excepthook",
)
"""What belongs to all of a process, and is not for one module to change."""
SHARED = frozenset(
    [
        "abc",
        "base64",
        "bisect",
        "builtins",
        "calendar",
        "collections",
        "contextlib",
        "copy",
        "csv",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fnmatch",
        "fractions",
        "functools",
        "glob",
        "hashlib",
        "heapq",
        "importlib",
        "inspect",
        "io",
        "itertools",
        "json",
        "math",
        "operator",
        "os",
        "pathlib",
        "pickle",
        "random",
        "re",
        "shutil",
        "statistics",
        "string",
        "struct",
        "tempfile",
        "textwrap",
        "time",
        "typing",
        "uuid",
        "zlib",
    ]
)
SETTABLE = frozenset({"os.environ", "decimal.DefaultContext", "tempfile"})
COMPARING = frozenset(
    {"__eq__", "__ne__", "__contains__", "__bool__", "__lt__", "__le__", "__gt__", "__ge__"}
)
BROAD = frozenset({"Exception", "BaseException"})
FRAMES = frozenset(
    {
        "sys._getframe",
        "inspect.stack",
        "inspect.currentframe",
        "inspect.getouterframes",
        "traceback.extract_stack",
        "traceback.walk_stack",
        "sys._current_frames",
    }
)
TEXTS = frozenset({"getsource", "getsourcelines", "getsourcefile", "getlines", "getline", "findsource"})
TESTISH = re.compile(r"^_?tests?[_/]|/tests?(/|$)|_test(\.py)?$|py\.?test|^unittest|^conftest", re.IGNORECASE)
"""Texts by which one tells a test from other callers."""
TIDYING = frozenset(
    {"close", "unlink", "remove", "rmtree", "kill", "terminate", "shutdown", "cancel", "flush", "rollback"}
)
FETCHING = frozenset({"sys.modules.get", "importlib.import_module", "__import__"})
IMPORTS = (ast.Import, ast.ImportFrom)
DECODERS = ("base64.", "binascii.", "zlib.", "codecs.", "marshal.", "bz2.", "lzma.", "bytes.fromhex", "chr")
REPORTS = ("<testsuite", "junit", "/.patchwright")


class Trick(NamedTuple):
    rule: str
    severity: Severity
    line: int
    what: str
    sign: str
    """What tells it from others of its kind, wherever it stands."""


def tricks(path: str, before: str, after: str) -> list[Finding]:
    """What a Python file newly does. A file that does not parse has no findings."""
    try:
        old = parse(before)
        known = {(t.rule, t.sign) for t in found(old)}
        its_own = "knows-runner" in {rule for rule, _ in known}
        new = [t for t in found(parse(after)) if (t.rule, t.sign) not in known]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [
        Finding(
            check="tamper",
            rule=t.rule,
            severity="warning" if its_own and t.rule == "knows-runner" else t.severity,
            path=path,
            line=t.line,
            message=t.what,
        )
        for t in new
    ]


def found(tree: ast.Module) -> Iterator[Trick]:
    names = imported(tree)
    forks = any(dotted(n, names) == "os.fork" for n in ast.walk(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=several):
                yield from (
                    runner(node, alias.name) for alias in several if alias.name.partition(".")[0] in RUNNERS
                )
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in RUNNERS:
                yield runner(node, module)
            case ast.Attribute() | ast.Name() if (what := dotted(node, names)) in REACHING:
                blocks = what in BLOCKING and not (what == "os._exit" and forks)
                yield Trick(
                    "reaches-out",
                    "error" if blocks else "warning",
                    node.lineno,
                    f"{what} {REACHING[what]}",
                    what,
                )
            case ast.Constant(value=str(text)) if text.startswith(SIGNS):
                yield Trick(
                    "sniffs-tests", "error", node.lineno, f"it looks for {text!r}, which tests set", text
                )
            case ast.Constant(value=str(text)) if any(sign in text for sign in REPORTS):
                yield Trick(
                    "writes-reports", "error", node.lineno, f"it knows test reports: {text[:60]!r}", text
                )
            case ast.Compare(
                left=ast.Constant(value=str(text)), comparators=[ast.Attribute() as where, *_]
            ) if text.partition(".")[0] in RUNNERS and dotted(where, names) in ("sys.modules", "sys.argv"):
                yield sniffs(node, text)
            case ast.Try():
                yield from swallowing(node, names)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from of_function(node, names)
            case ast.ClassDef():
                yield from comparing(node)
            case ast.Dict(keys=several, values=[*values]):
                for where, what in zip(several, values, strict=True):
                    if (
                        isinstance(where, ast.Constant)
                        and where.value in COMPARING
                        and isinstance(what, ast.Lambda)
                    ):
                        yield always(where.value, what)
            case ast.Call() | ast.Subscript() if fetched(node, names).partition(".")[0] in RUNNERS:
                yield sniffs(node, fetched(node, names))
            case ast.Call() if what := hidden(node, names):
                yield Trick("hides-code", "error", node.lineno, what, what)
            case ast.Assign() | ast.AugAssign() | ast.Delete():
                yield from taken_over(node, names)
            case ast.Call(func=ast.Name(id="setattr"), args=[target, *_]) if foreign(target, names):
                yield Trick(
                    "patches-others", "error", node.lineno, f"it changes {dotted(target, names)}", "setattr"
                )
            case _:
                pass
    yield from ends(tree, names)


def runner(node: ast.stmt, module: str) -> Trick:
    what = f"code that is tested imports {module}, which runs tests"
    severity: Severity = "error" if module.startswith("_pytest") else "warning"
    return Trick("knows-runner", severity, node.lineno, what, module)


def taken_over(node: ast.Assign | ast.AugAssign | ast.Delete, names: dict[str, str]) -> Iterator[Trick]:
    """Assignments to what is not the module's own."""
    targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
    for target in targets:
        inner = target.value if isinstance(target, ast.Attribute | ast.Subscript) else None
        if isinstance(target, ast.Attribute) and target.attr in ("__code__", "f_lineno", "__globals__"):
            yield Trick("patches-others", "error", node.lineno, f"it sets {target.attr}", target.attr)
        what = dotted(target, names) or (dotted(inner, names) if inner else "")
        if (inner is not None and foreign(inner, names)) or what in OTHERS:
            yield Trick(
                "patches-others",
                "error",
                node.lineno,
                f"it changes {ast.unparse(target)}",
                ast.unparse(target),
            )


def foreign(node: ast.expr, names: dict[str, str]) -> bool:
    """Whether an expression is a runner's module, a part of one, or something that all modules share."""
    what = dotted(node, names)
    return what.partition(".")[0] in RUNNERS or what in OTHERS or shared(what, names)


def shared(what: str, names: dict[str, str]) -> bool:
    """Whether it is a module of the standard library, or a class of one, that programs do not set things on."""
    first = what.partition(".")[0]
    imports = {module.partition(".")[0] for module in names.values()}
    return first in SHARED & imports and what not in SETTABLE


def ends(tree: ast.Module, names: dict[str, str]) -> Iterator[Trick]:
    """Ways to end the process while a module is imported."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or is_main(statement):
            continue
        for node in ast.walk(statement):
            what = dotted(node, names)
            if what in ("sys.exit", "SystemExit", "exit", "quit") and not isinstance(statement, ast.Import):
                yield Trick("exits-on-import", "error", statement.lineno, f"{what} when it is imported", what)


def is_main(node: ast.stmt) -> bool:
    """Whether it is what runs where a module is a program."""
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test)


def swallowing(node: ast.Try, names: dict[str, str]) -> Iterator[Trick]:
    """Handlers that take any error and do nothing about it. Where one tidies up, that may be meant."""
    called = {last(n.func) for part in node.body for n in ast.walk(part) if isinstance(n, ast.Call)}
    tidies = len(node.body) == 1 and (bool(called & TIDYING) or isinstance(node.body[0], IMPORTS))
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        broad = any(kind is None or dotted(kind, names) in BROAD for kind in kinds)
        if broad and all(map(idle, handler.body)):
            what = "any error is caught, and nothing is done"
            yield Trick("swallows-errors", "warning" if tidies else "error", handler.lineno, what, "")


def of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, names: dict[str, str]) -> Iterator[Trick]:
    """A function that looks at its callers or at the process, and at what tells a test from others."""
    speaks = {dotted(n, names) for n in ast.walk(node) if isinstance(n, ast.Attribute | ast.Name)}
    ends = {what.rpartition(".")[2] for what in speaks}
    attributes = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    frames = bool(speaks & FRAMES) or bool(attributes & {"f_back"})
    if not frames and not speaks & {"sys.argv", "sys.modules", "os.environ", "threading.enumerate"}:
        return
    if frames and (
        ends & TEXTS or (attributes & {"co_filename", "f_lineno"} and ends & {"open", "read_text"})
    ):
        yield Trick("reads-tests", "error", node.lineno, "it reads the code that called it", node.name)
    if frames and attributes & {"f_locals", "f_globals", "co_consts"}:
        yield Trick(
            "reads-callers", "error", node.lineno, "it reads the values of the code that called it", node.name
        )
    for inner in ast.walk(node):
        text = value(inner) if isinstance(inner, ast.expr) else None
        if isinstance(text, str) and TESTISH.search(text):
            yield sniffs(inner, text)


def sniffs(node: ast.AST, text: str) -> Trick:
    what = f"it asks whether {text[:60]} is running"
    return Trick("sniffs-tests", "error", getattr(node, "lineno", 0), what, text)


def comparing(node: ast.ClassDef) -> Iterator[Trick]:
    """Comparisons that look at nothing of what they compare."""
    for inner in node.body:
        match inner:
            case ast.FunctionDef(name=name) if name in COMPARING and (
                constant(inner) or (name == "__eq__" and blind(inner, node.name))
            ):
                yield always(name, inner)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as what) if name in COMPARING:
                if not any(isinstance(n, ast.Attribute) for n in ast.walk(what)):
                    yield always(name, what)
            case _:
                pass


def always(name: str, node: ast.AST) -> Trick:
    what = f"{name} says the same whatever it is asked"
    return Trick("always-equal", "error", getattr(node, "lineno", 0), what, name)


def blind(node: ast.FunctionDef, own: str) -> bool:
    """Whether an equality looks at nothing of its object, and does not ask for its own class either."""
    me = node.args.args[0].arg if node.args.args else "self"
    looks = [n for n in ast.walk(node) if isinstance(n, ast.Attribute | ast.Subscript | ast.Call)]
    mine = any(isinstance(n, ast.Name) and n.id == me for part in looks for n in ast.walk(part))
    named = {n.id for part in node.body for n in ast.walk(part) if isinstance(n, ast.Name)}
    given = any(isinstance(n, ast.Name) and n.id == "NotImplemented" for n in ast.walk(node))
    is_self = any(
        isinstance(n, ast.Compare)
        and isinstance(n.ops[0], ast.Is | ast.Eq)
        and {getattr(n.left, "id", ""), getattr(n.comparators[0], "id", "")} >= {me}
        for n in ast.walk(node)
    )
    only_that = is_self and not any(isinstance(n, ast.BoolOp) for n in ast.walk(node))
    return not mine and own not in named and not given and not only_that


def hidden(node: ast.Call, names: dict[str, str]) -> str:
    """What a call runs that cannot be read."""
    what = dotted(node.func, names)
    inner = {dotted(n, names) for part in node.args for n in ast.walk(part)}
    if what in ("exec", "eval", "builtins.exec") and any(name.startswith(DECODERS) for name in inner):
        return "it runs code that was encoded"
    return ""


def idle(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Continue() | ast.Break() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None) | ast.Return(value=ast.Constant()):
            return True
        case _:
            return False


def constant(node: ast.FunctionDef) -> bool:
    """Whether a function returns a constant and does nothing else."""
    body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    match body:
        case [ast.Return(value=ast.Constant(value=bool()))]:
            return True
        case _:
            return False


def imported(tree: ast.Module) -> dict[str, str]:
    """What names stand for that imports bind, anywhere in a module."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and (module := fetched(node.value, found))
        ):
            found[node.targets[0].id] = module
    return found


def fetched(node: ast.expr, names: Mapping[str, str]) -> str:
    """The module that an expression gets by its name, where it says it."""
    match node:
        case ast.Subscript(value=where, slice=ast.Constant(value=str(name))) if (
            dotted(where, names) == "sys.modules"
        ):
            return name
        case ast.Call(func=func, args=[first, *_]) if dotted(func, names) in FETCHING:
            name = value(first)
            return name if isinstance(name, str) else ""
        case _:
            return ""


def dotted(node: ast.AST | None, names: Mapping[str, str]) -> str:
    """What an expression names, as from the top; empty where it is no name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and (front := dotted(node.value, names)):
        return f"{front}.{node.attr}"
    return ""
