"""Where a value must not land that others choose: shells, queries, code, pages, paths, addresses."""

import ast
import re
from collections.abc import Iterator

from ..finding import Severity
from ..newly import words
from ..tricks import dotted
from . import sql
from .module import Place, Sight, arguments
from .values import BETWEEN, Hole, Origin, Value, built, constant, holes, worst

SHELLS = words(
    "os.system os.popen os.popen2 os.popen3 subprocess.getoutput subprocess.getstatusoutput commands.getoutput"
    " commands.getstatusoutput asyncio.create_subprocess_shell asyncio.subprocess.create_subprocess_shell"
    " popen2.popen2 popen2.popen3 pexpect.run invoke.run fabric.run"
)
PROCESSES = frozenset(
    f"subprocess.{n}" for n in ("run", "call", "check_call", "check_output", "Popen")
) | frozenset({"asyncio.create_subprocess_exec", "os.execvp", "os.execv", "os.execlp", "os.spawnvp"})
COMMAND = re.compile(
    r"(^|[_.])(cmd|command|commands|cmdline|shell|script|line|argv|program|hook|code|source|expr\w*)s?(\b|_|$)",
    re.I,
)
"""Names of parameters that are a command by their meaning: whoever gives them chooses what runs."""
CODE = frozenset({"eval", "exec", "builtins.eval", "builtins.exec", "code.interact", "asteval.Interpreter"})
PICKLES = words(
    "pickle.load pickle.loads cPickle.load cPickle.loads _pickle.loads pickle.Unpickler marshal.load marshal.loads"
    " dill.load dill.loads cloudpickle.load cloudpickle.loads joblib.load jsonpickle.decode jsonpickle.loads"
    " pandas.read_pickle shelve.open torch.load"
)
PATHS = words(
    "open io.open codecs.open gzip.open os.open os.remove os.unlink os.rmdir os.rename os.replace os.listdir"
    " os.scandir shutil.rmtree shutil.copy shutil.copyfile shutil.move shutil.copytree send_file flask.send_file"
    " fastapi.responses.FileResponse starlette.responses.FileResponse FileResponse django.http.FileResponse"
    " aiohttp.web.FileResponse aiofiles.open zipfile.ZipFile tarfile.open os.makedirs os.mkdir"
)
PATH_METHODS = words(
    "open read_text read_bytes write_text write_bytes unlink rmdir rename replace iterdir mkdir touch"
)
SAVING = words("save save_as saveAs download_file")
"""Methods that write to the path that they are given."""
FETCHES = re.compile(
    r"^(requests|httpx|urllib3)\.(get|post|put|patch|delete|head|options|request|stream)$"
    r"|^urllib\.request\.(urlopen|urlretrieve|Request)$|^urlopen$|^(session|client|http)\.(get|post|request)$"
)
REDIRECTS = words(
    "redirect flask.redirect django.shortcuts.redirect HttpResponseRedirect django.http.HttpResponseRedirect"
    " RedirectResponse starlette.responses.RedirectResponse fastapi.responses.RedirectResponse"
    " werkzeug.utils.redirect aiohttp.web.HTTPFound HTTPFound"
)
MARKUP = words(
    "markupsafe.Markup flask.Markup Markup mark_safe django.utils.safestring.mark_safe django.utils.html.format_html"
    " format_html jinja2.Markup SafeString django.utils.safestring.SafeString"
)
PAGES = words(
    "HTMLResponse fastapi.responses.HTMLResponse starlette.responses.HTMLResponse HttpResponse django.http.HttpResponse"
    " flask.make_response make_response flask.Response Response aiohttp.web.Response self.wfile.write"
)
TEMPLATES = words(
    "flask.render_template_string render_template_string jinja2.Template mako.template.Template tornado.template.Template"
    " django.template.Template string.Template"
) - {"string.Template"}
TAG = re.compile(
    r"<(?:!doctype|html|body|head|div|p|b|i|em|span|h[1-6]|a|li|ul|ol|td|tr|table|input|form|img|script|strong|title|br|option|button|pre|textarea|label|section|svg)\b",
    re.I,
)
WRITTEN = re.compile(
    r"(^|[_.])(name|username|user|comment|bio|message|msg|query|q|search|email|subject|author|nickname|display_name"
    r"|review|feedback|title|text|body|content|label|post|reply|note|caption|description|term|input|first|last|city|address|company|keyword)s?$"
)
"""Names of what people write, and pages show."""
TELLING = re.compile(
    r"(^|\.)(debug|info|warning|warn|error|exception|critical|log|print|print_\w+|echo|secho|write|format_exc)$"
)


def exposed(value: Value, use: str) -> Hole | None:
    """The worst part of a value that was made safe for no such use."""
    return worst(tuple(h for h in holes(value) if use not in h.clean))


def known(hole: Hole | None) -> bool:
    """Whether it is known that a part of a value is not the code's own choice."""
    return hole is not None and hole.origin >= Origin.PARAMETER


def from_outside(hole: Hole | None) -> bool:
    return hole is not None and hole.origin == Origin.OUTSIDE


def called(place: Place, call: ast.Call) -> Iterator[Sight]:
    """What is dangerous about a call, for what it is given."""
    what = dotted(call.func, place.module.names)
    last = call.func.attr if isinstance(call.func, ast.Attribute) else what.rpartition(".")[2]
    value = place.reader.of(call.args[0]) if call.args else ()
    yield from shell(place, call, what, last, value)
    yield from code(place, call, what, value)
    yield from through(place, call, what)
    yield from files(place, call, what, last, value)
    yield from web(call, what, value)
    yield from queries(place, call, last, value)
    if what in PICKLES and not keyword(call, "weights_only", True):
        yield from unpickled(call, what, value)


def keyword(call: ast.Call, name: str, value: object) -> bool:
    return any(
        k.arg == name and isinstance(k.value, ast.Constant) and k.value.value is value for k in call.keywords
    )


def shell(place: Place, call: ast.Call, what: str, last: str, value: Value) -> Iterator[Sight]:
    given = [k.value for k in call.keywords if k.arg == "shell"]
    by_shell = bool(given) and not (isinstance(given[0], ast.Constant) and not given[0].value)
    maybe = by_shell and not isinstance(given[0], ast.Constant)
    if what in PROCESSES and not by_shell:
        value = (
            interpreted(value)
            if not what.startswith("os.")
            else interpreted(place.reader.of(call.args[-1]) if call.args else ())
        )
        by_shell = bool(value)
    elif not value and by_shell:
        value = next(
            (place.reader.of(k.value) for k in call.keywords if k.arg in ("args", "cmd", "command")), ()
        )
    by_shell = by_shell or what in SHELLS or last == "exec_command"
    hole = exposed(value, "shell") if by_shell else None
    if hole is None:
        return
    if hole.parameter and not built(value):
        place.uses[hole.parameter] = "shell"
    yield Sight("shell-injection", grade(value, hole, maybe), call, f"a shell reads `{hole.name}`, unquoted")


def interpreted(value: Value) -> Value:
    """What a shell or an interpreter is given to run, where a list of parts starts one."""
    parts = [p for p in value if p]
    first = parts[0] if parts and isinstance(parts[0], str) else ""
    head, _, rest = first.partition(f"{BETWEEN}-c{BETWEEN}")
    if rest or first.endswith(f"{BETWEEN}-c{BETWEEN}"):
        name = head.rpartition("/")[2].split(BETWEEN)[0]
        if name in ("sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "cmd", "powershell", "pwsh"):
            script = (rest, *parts[1:])
            # What follows the script is given to it as parts, and is safe
            found: list[str | Hole] = []
            for piece in script:
                if isinstance(piece, str) and BETWEEN in piece:
                    found.append(piece.partition(BETWEEN)[0])
                    break
                found.append(piece)
            return tuple(found)
    return ()


def grade(value: Value, hole: Hole, maybe: bool = False) -> Severity:
    """How bad it is that a value lands where it is run. A command as a whole is what whoever calls wants run."""
    if hole.origin == Origin.OUTSIDE:
        return "error"
    if hole.origin == Origin.UNKNOWN or maybe:
        return "warning"
    return "warning" if not built(value) and COMMAND.search(hole.name) else "error"


def code(place: Place, call: ast.Call, what: str, value: Value) -> Iterator[Sight]:
    hole = exposed(value, "code")
    if what in CODE and hole:
        if hole.parameter and not built(value):
            place.uses[hole.parameter] = "code"
        bare = what.endswith("eval") and len(call.args) == 1 and not call.keywords
        bad = bare or (known(hole) and grade(value, hole) == "error")
        severity: Severity = "error" if bad else "warning"
        yield Sight("code-injection", severity, call, f"`{hole.name}` is run as code")
    elif what in ("__import__", "importlib.import_module") and from_outside(hole) and hole:
        yield Sight("code-injection", "error", call, f"the module `{hole.name}` is named from outside")
    elif what in TEMPLATES and (hole := exposed(value, "html")):
        bad = from_outside(hole) or (known(hole) and (built(value) or "render_template_string" in what))
        if bad:
            yield Sight("template-injection", "error", call, f"`{hole.name}` is read as a template")


def through(place: Place, call: ast.Call, what: str) -> Iterator[Sight]:
    """A value that a function of the same file hands to a shell, or runs."""
    name = what.removeprefix("self.")
    if name == place.function or not (uses := place.landing(name)):
        return
    node = place.module.functions[name]
    pairs = [*zip(arguments(node), call.args, strict=False), *((k.arg or "", k.value) for k in call.keywords)]
    for parameter, argument in pairs:
        value = place.reader.of(argument)
        use = uses.get(parameter, "")
        hole = exposed(value, use) if use else None
        if hole is None or not known(hole):
            continue
        if hole.parameter and not built(value):
            place.uses[hole.parameter] = use
        if built(value) or from_outside(hole):
            rule = "shell-injection" if use == "shell" else "code-injection"
            yield Sight(rule, "error", call, f"`{hole.name}` is run by {name}, unquoted")


def unpickled(call: ast.Call, what: str, value: Value) -> Iterator[Sight]:
    hole = worst(value)
    if hole is None and what != "pickle.Unpickler":
        return
    bad = known(hole) and what not in ("shelve.open", "torch.load", "joblib.load", "pandas.read_pickle")
    name = f" of `{hole.name}`" if hole else ""
    severity: Severity = "error" if bad or from_outside(hole) else "warning"
    yield Sight("unsafe-deserialisation", severity, call, f"{what}{name} runs whatever code the data names")


def files(place: Place, call: ast.Call, what: str, last: str, value: Value) -> Iterator[Sight]:
    if isinstance(call.func, ast.Attribute) and last in PATH_METHODS and what not in PATHS:
        own = place.reader.of(call.func.value)
        hole = exposed(own, "path")
        if hole and (built(own) and "/" in "".join(p for p in own if isinstance(p, str))):
            yield from path(place, call, own, hole)
    elif (what in PATHS or last in SAVING) and (hole := exposed(value, "path")):
        yield from path(place, call, value, hole)


def path(place: Place, call: ast.Call, value: Value, hole: Hole) -> Iterator[Sight]:
    """A path that is given from outside, or that a caller gives below a fixed folder."""
    if not known(hole):
        return
    if from_outside(hole) or below(place, value, hole):
        message = f"`{hole.name}` can lead out of the folder: nothing keeps `..` from it"
        yield Sight("path-traversal", "error", call, message)


def below(place: Place, value: Value, hole: Hole) -> bool:
    """Whether a function that others call puts a name that it is given below a folder."""
    front = value[: value.index(hole)]
    inside = bool(front) and isinstance(front[-1], str) and front[-1].endswith("/")
    if not inside or front[0] in ("/", "./"):
        return False
    if place.module.web:
        return bool(NAMED.search(hole.name))
    mine = hole.parameter == hole.name and not place.function.startswith("_")
    folder = front[0] if isinstance(front[0], Hole) else None
    rooted = folder is None or (FOLDER.search(folder.name) and folder.parameter != hole.parameter)
    return bool(mine and rooted and NAME.search(hole.name))


NAMED = re.compile(
    r"(^|[_.])(file_?name|fname|name|rel_?path|path|key|slug|page|doc\w*|attachment|template|avatar|report|image"
    r"|theme)$"
)
NAME = re.compile(
    r"^(file_?name|fname|name|user_?name|slug|page|document|attachment|avatar|title|(note|file|doc|page|user)_?(name|id))$"
)
FOLDER = re.compile(
    r"(^|[_.])(root|folder|base|base_?(dir|path|folder)|upload\w*|media\w*|static\w*|storage\w*|public\w*|dir|directory|data_dir)$"
)


def web(call: ast.Call, what: str, value: Value) -> Iterator[Sight]:
    hole = worst(value)
    if (
        FETCHES.search(what)
        and from_outside(hole)
        and hole
        and "url" not in hole.clean
        and at_host(value, hole)
    ):
        yield Sight("request-forgery", "error", call, f"`{hole.name}` says where a request goes")
    elif (
        what in REDIRECTS and from_outside(hole) and hole and "url" not in hole.clean and at_host(value, hole)
    ):
        yield Sight("open-redirect", "error", call, f"`{hole.name}` says where the browser goes")
    elif what in MARKUP and (hole := exposed(value, "html")):
        if "format_html" in what and not built(value):
            return
        bad = known(hole)
        yield Sight(
            "cross-site-scripting",
            "error" if bad else "warning",
            call,
            f"`{hole.name}` is put into a page as it is",
        )
    elif what in PAGES and (hole := exposed(value, "html")) and from_outside(hole) and tagged(value):
        yield Sight("cross-site-scripting", "error", call, f"`{hole.name}` is put into a page as it is")


def at_host(value: Value, hole: Hole) -> bool:
    """Whether a part of an address is the host, or stands before it."""
    front = "".join(p for p in value[: value.index(hole)] if isinstance(p, str))
    return not re.search(r"://[^/]+/|^/[^/]", front) and "X" not in front


def tagged(value: Value) -> bool:
    return bool(TAG.search("".join(p for p in value if isinstance(p, str))))


def queries(place: Place, call: ast.Call, last: str, value: Value) -> Iterator[Sight]:
    if last in ("search_s", "search_ext_s", "search") and len(call.args) > 1:
        for argument in call.args:
            found = place.reader.of(argument)
            hole = exposed(found, "ldap")
            if (
                hole
                and known(hole)
                and built(found)
                and isinstance(found[0], str)
                and found[0].startswith("(")
            ):
                yield Sight("ldap-injection", "error", call, f"`{hole.name}` is put into a filter, unescaped")
    if last in ("xpath", "XPath") and built(value) and (hole := exposed(value, "xpath")) and known(hole):
        severity: Severity = "error" if re.search(r"['\"]$", "".join(before(value, hole))) else "warning"
        yield Sight("xpath-injection", severity, call, f"`{hole.name}` is put into a path, unescaped")
    if (
        last in sql.RUNNING
        and value
        and (hole := exposed(value, "sql"))
        and from_outside(hole)
        and not built(value)
    ):
        yield Sight("sql-injection", "error", call, f"`{hole.name}` from outside is run as a query")


def before(value: Value, hole: Hole) -> Iterator[str]:
    return (p for p in value[: value.index(hole)] if isinstance(p, str))


def put_together(place: Place, node: ast.expr) -> Iterator[Sight]:
    """Queries that an expression puts together, whether or not it runs them."""
    for inner in composed(place, node):
        value = place.reader.of(inner)
        if (found := sql.injected(value, place.module.queries)) is not None:
            severity, hole = found
            yield Sight("sql-injection", severity, inner, f"`{hole.name}` is put into the text of a query")


def composed(place: Place, node: ast.expr) -> Iterator[ast.expr]:
    """The outermost expressions in one that put texts together, unless it is only told to somebody."""
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        yield node
        return
    if isinstance(node, ast.Call):
        what = dotted(node.func, place.module.names)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join"):
            yield node
            return
        last = node.func.attr if isinstance(node.func, ast.Attribute) else what
        if TELLING.search(f".{last}") or last.endswith(("Error", "Exception")):
            return
        if last in sql.RUNNING and node.args and isinstance(node.args[0], ast.Name):
            return  # told where it was put together
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.expr):
            yield from composed(place, inner)
        elif isinstance(inner, ast.keyword):
            yield from composed(place, inner.value)


def given_back(place: Place, node: ast.expr) -> Iterator[Sight]:
    """Pages that a function gives back."""
    value = place.reader.of(node)
    hole = exposed(value, "html")
    if hole is None or not known(hole) or not built(value) or not tagged(value):
        return
    if isinstance(node, ast.Call) and dotted(node.func, place.module.names) in MARKUP | PAGES:
        return
    if from_outside(hole) or (WRITTEN.search(hole.name) and not constant(hole.name)):
        yield Sight("cross-site-scripting", "error", node, f"`{hole.name}` is put into a page as it is")
