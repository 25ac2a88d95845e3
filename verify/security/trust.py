"""Checks that are switched off: of certificates, tokens, hosts, documents, archives, pages, and of who may do what."""

import ast
import re
from collections.abc import Iterator

from ..newly import words
from ..tricks import dotted
from .module import Sight
from .regexes import catastrophic
from .spot import Spot, is_, number

VERIFIED = ("verify", "verify_ssl", "ssl_verify", "check_hostname", "verify_certs", "assert_hostname")
PROTOCOLS = re.compile(
    r"(^|\.)(PROTOCOL_SSLv2|PROTOCOL_SSLv3|PROTOCOL_TLSv1|PROTOCOL_TLSv1_1|SSLv2_METHOD|SSLv3_METHOD|TLSv1_METHOD)$"
)
GRANTED = re.compile(
    r"is_(admin|staff|superuser|authenticated|owner|authorized|allowed)|has_perm|permission|authori[sz]ed"
    r"|can_(edit|delete|access|view)|check_password"
)
CALLS = words("get post put patch delete request ws_connect TCPConnector head options")
COOKIES = words("SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY CSRF_COOKIE_SECURE WTF_CSRF_ENABLED")
CONSOLES = ("flask", "bottle", "quart", "sanic", "dash")
READERS = re.compile(r"lxml.*\.(XMLParser|iterparse|XMLPullParser|ETCompatXMLParser)$")
ENTITIES = "a document can read files and addresses by its entities"


def unchecked(spot: Spot, what: str) -> Sight:
    """A certificate that nobody checks; less grave where whoever runs it asks for that."""
    message = f"{what}: whoever stands between can read and change what is sent"
    return Sight("unverified-tls", "warning" if spot.asked else "error", spot.node, message)


def connected(spot: Spot) -> Iterator[Sight]:
    """Connections to whoever answers."""
    off = next((name for name in VERIFIED if is_(spot.keyword(name), False)), "")
    if token(spot):
        return
    if off and spot.what != "dict":
        yield unchecked(spot, f"{off}=False")
    elif is_(spot.keyword("ssl"), False) and spot.last in CALLS and spot.uses("aiohttp"):
        yield unchecked(spot, "ssl=False")
    elif spot.what.endswith(("_create_unverified_context", "_create_stdlib_context")):
        yield unchecked(spot, spot.what)
    for argument in (*spot.arguments, *(k.value for k in getattr(spot.node, "keywords", ()))):
        if PROTOCOLS.search(found := dotted(argument, spot.module.names)):
            yield Sight("weak-tls", "error", spot.node, f"{found} is broken")
    required = spot.keyword("cert_reqs", "ssl_cert_reqs", "verify_mode")
    if required is not None and re.search(r"\bCERT_NONE\b", ast.unparse(required)):
        yield unchecked(spot, "CERT_NONE")


def hosts(spot: Spot) -> Iterator[Sight]:
    if spot.last == "set_missing_host_key_policy" and re.search(
        r"(AutoAdd|Warning)Policy", ast.unparse(spot.node)
    ):
        yield Sight("unverified-host", "error", spot.node, "a host that nobody knows is trusted")
    elif spot.last == "disable_warnings" and "urllib3" in spot.what:
        yield Sight(
            "unverified-tls", "warning", spot.node, "warnings of unverified connections are switched off"
        )


def token(spot: Spot) -> bool:
    """Whether a call reads a signed token."""
    return spot.what.endswith("jwt.decode") or (spot.last == "decode" and "jwt" in spot.what)


def tokens(spot: Spot) -> Iterator[Sight]:
    if not token(spot):
        return
    text = ast.unparse(spot.node).lower()
    if re.search(r"verify_signature['\"]?\s*[:=]\s*false|[^_]verify=false", text) or "'none'" in text:
        yield Sight("unverified-token", "error", spot.node, "a token is read whose signature nobody checks")


def served(spot: Spot) -> Iterator[Sight]:
    """How pages are served."""
    if spot.last == "run" and is_(spot.keyword("debug"), True) and spot.uses(*CONSOLES):
        yield Sight("debug-mode", "error", spot.node, "whoever makes it fail gets a console")
    escaping = spot.keyword("autoescape")
    if is_(escaping, False) or (spot.what == "jinja2.Environment" and escaping is None):
        page = re.search(r"html|page|web|view|mail", spot.module.text, re.I)
        bad = escaping is not None and (spot.module.web or page)
        message = "what is put into its pages is not escaped"
        yield Sight("no-autoescape", "error" if bad else "warning", spot.node, message)
    if spot.last == "set_cookie":
        for name in ("httponly", "secure"):
            if is_(spot.keyword(name), False):
                yield Sight(
                    "open-cookie", "error", spot.node, f"{name}=False: the cookie can be read by others"
                )
    origins = spot.keyword("allow_origins", "origins", "allow_origin_regex")
    everybody = origins is not None and re.search(r"'\*'|'\.\*'", ast.unparse(origins))
    if everybody and is_(spot.keyword("allow_credentials", "supports_credentials"), True):
        yield Sight("open-to-sites", "error", spot.node, "any site can act as the user who visits it")


def documents(spot: Spot) -> Iterator[Sight]:
    """Documents that may do more than be read."""
    if READERS.search(spot.what) and (
        is_(spot.keyword("resolve_entities"), True)
        or is_(spot.keyword("load_dtd"), True)
        or is_(spot.keyword("no_network"), False)
    ):
        yield Sight("xml-entities", "error", spot.node, ENTITIES)
    elif (
        spot.last == "setFeature" and len(spot.arguments) > 1 and "external" in ast.unparse(spot.arguments[0])
    ):
        if ast.unparse(spot.arguments[1]) not in ("False", "0"):
            yield Sight("xml-entities", "error", spot.node, ENTITIES)
    elif spot.what in ("yaml.load", "yaml.load_all"):
        loader = ast.unparse(spot.at(1, "Loader") or ast.Constant(""))
        if not re.search(r"Safe|Base", loader) and not re.fullmatch(r"[a-z_.]*loader\w*", loader):
            message = "yaml.load makes any object that the text names: yaml.safe_load does not"
            severity = "warning" if "FullLoader" in loader else "error"
            yield Sight("unsafe-deserialisation", severity, spot.node, message)
    elif spot.what in ("yaml.unsafe_load", "yaml.unsafe_load_all") or (
        spot.what.endswith("YAML") and "'unsafe'" in ast.unparse(spot.at(0, "typ") or ast.Constant(""))
    ):
        yield Sight(
            "unsafe-deserialisation", "error", spot.node, f"{spot.what} makes any object that the text names"
        )
    elif spot.what in ("numpy.load", "np.load") and is_(spot.keyword("allow_pickle"), True):
        message = "allow_pickle=True runs whatever code the file names"
        yield Sight("unsafe-deserialisation", "error", spot.node, message)


def archives(spot: Spot) -> Iterator[Sight]:
    func = spot.node.func if isinstance(spot.node, ast.Call) else None
    if spot.last not in ("extractall", "extract") or not isinstance(func, ast.Attribute):
        return
    tar = dotted(func.value, {}) in spot.module.tars or "tarfile.open" in ast.unparse(func)
    kept = spot.keyword("filter", "members")
    named = spot.last == "extract" and isinstance(spot.at(0, "member"), ast.Constant)
    if tar and not named and (kept is None or "fully_trusted" in ast.unparse(kept)):
        message = "members can be written outside of the folder: filter='data' keeps them in it"
        yield Sight("unsafe-archive", "error", spot.node, message)


def permitted(spot: Spot) -> Iterator[Sight]:
    """Files that anybody may write, or make first."""
    if spot.what in ("tempfile.mktemp", "os.tempnam", "os.tmpnam"):
        message = f"{spot.what} names a file that another may make first"
        yield Sight("temporary-name", "error", spot.node, message)
    elif spot.what == "os.umask" and number(spot.at(0)) == 0:
        read = any(isinstance(n, ast.Assign) for n in spot.above[-1:])  # to know it, one has to set it
        daemon = re.search(r"os\.(fork|setsid)\b", spot.module.text)
        if not read and not daemon:
            yield Sight(
                "open-permissions", "error", spot.node, "anybody may write to what is made after this"
            )
    elif spot.what in ("os.chmod", "os.fchmod", "os.lchmod") or (
        spot.last == "chmod" and len(spot.arguments) == 1
    ):
        last = spot.arguments[-1] if spot.arguments else ast.Constant(0)
        mode = number(last)
        wide = mode & 0o002 and not mode & 0o1000 if mode is not None else "S_IWOTH" in ast.unparse(last)
        if wide and not re.search(r"remove|rmtree|delete|on_?error|readonly|clean", spot.named):
            yield Sight("open-permissions", "error", spot.node, "anybody may write to it")


def matched(spot: Spot) -> Iterator[Sight]:
    first = spot.at(0, "pattern")
    if (
        spot.what.startswith(("re.", "regex."))
        and isinstance(first, ast.Constant)
        and isinstance(first.value, str)
    ) and catastrophic(first.value, spot.what.endswith("fullmatch")):
        message = "a repeat in a repeat: a short text can take it years"
        yield Sight("slow-regex", "error", spot.node, message)


def guarded(spot: Spot) -> Iterator[Sight]:
    test = getattr(spot.node, "test", None)
    typed = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot)
    if isinstance(test, ast.expr) and not typed and GRANTED.search(ast.unparse(test)):
        yield Sight(
            "assert-guards", "error", spot.node, "an assertion guards access: `python -O` leaves it out"
        )


def assigned(spot: Spot) -> Iterator[Sight]:
    node = spot.node
    assert isinstance(node, ast.Assign)
    found = dotted(node.value, spot.module.names)
    for target in node.targets:
        what = dotted(target, spot.module.names) or getattr(target, "attr", "")
        name, off = what.rpartition(".")[2], is_(node.value, False)
        if name in ("verify", "check_hostname", "verify_ssl") and isinstance(target, ast.Attribute) and off:
            yield unchecked(spot, f"{name} = False")
        elif name == "verify_mode" and found.endswith("CERT_NONE"):
            yield unchecked(spot, "CERT_NONE")
        elif found.endswith("._create_unverified_context"):
            yield unchecked(spot, "an unverified context for all")
        elif name == "minimum_version" and re.search(r"SSLv|TLSv1$|TLSv1_1$", found):
            yield Sight("weak-tls", "error", node, f"{found} is broken")
        elif name in COOKIES and off:
            yield Sight("open-cookie", "error", node, f"{name} = False")
        elif name == "DEBUG" and is_(node.value, True) and spot.module.web:
            yield Sight("debug-mode", "error", node, "whoever makes it fail sees its insides")
