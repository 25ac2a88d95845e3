"""Guards that a patch takes out of a function that was guarded: nothing new is there to be found, something is gone."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..finding import Severity
from ..newly import Issue
from ..script import Script
from .values import CAREFUL


class Guard(NamedTuple):
    """What keeps a function safe."""

    rule: str
    severity: Severity
    sign: re.Pattern[str]
    needed: re.Pattern[str]
    """What is in a function that has need of it."""
    message: str


GUARDS = (
    Guard(
        "access-unguarded",
        "error",
        re.compile(
            r"\b(\w*login_required|\w*permissions?_required|user_passes_test|staff_member_required|jwt_required|roles?_required"
            r"|requires?_auth\w*|auth_required|PermissionError|PermissionDenied|\w*Forbidden\w*|\w*Unauthorized\w*"
            r"|abort\(40[13]|HTTPException\((?:status_code=)?40[13]|check_password\w*|has_perm\w*|is_admin|is_staff"
            r"|is_superuser|is_authenticated|csrf_protect|current_user)\b"
        ),
        re.compile(""),
        "nobody is kept from this any more",
    ),
    Guard(
        "compared-in-steps",
        "error",
        re.compile(r"compare_digest|constant_time"),
        re.compile(r"==|!="),
        "the time that a comparison takes tells a secret: hmac.compare_digest was there before",
    ),
    Guard(
        "path-traversal",
        "error",
        re.compile(
            r"\b(is_relative_to|relative_to|commonpath|secure_filename|safe_join|basename|realpath)\(|'\.\.'"
        ),
        re.compile(
            r"\b(open|read_text|read_bytes|write_text|write_bytes|unlink|remove|rmtree|send_file|FileResponse)\("
        ),
        "nothing keeps a name from leading out of the folder any more",
    ),
    Guard(
        "cross-site-scripting",
        "error",
        re.compile(r"\bescape\(|\bbleach\.clean|\bformat_html\(|\bconditional_escape\("),
        re.compile(r"['\"}>][^'\"]*<\w+|mark_safe|Markup\("),
        "what is put into a page is not escaped any more",
    ),
    Guard(
        "unverified-token",
        "warning",
        re.compile(
            r"\b(\w*verify_\w*sign\w*|\w*check_\w*sign\w*|validate_\w*(token|sign\w*)|verify_\w*token)\("
        ),
        re.compile(""),
        "a signature is not checked any more",
    ),
)
PARSERS = re.compile(r"\bdefusedxml\b")
ALLOWING = re.compile(r"require|auth|permission|access|guard|protect|policy|only|role")
PLAIN = re.compile(r"\b(xml\.(etree|dom|sax)|lxml)\b")


def removed(scripts: Sequence[Script]) -> Iterator[Issue]:
    """What is no longer guarded. A guard that is in another place of the changed files now is not gone."""
    texts = [(script.before.text, script.after.text) for script in scripts]
    for script in scripts:
        old, new = script.before.functions, script.after.functions
        for name in old.keys() & new.keys():
            node, now = new[name]
            if (was := old[name][1]) != now:
                yield from gone(script.path, name, node.lineno, was, now, texts)
        was, now = script.before.text, script.after.text
        if PARSERS.search(was) and not PARSERS.search(now) and PLAIN.search(now):
            message = "documents are read by a parser that obeys their entities"
            yield Issue("xml-entities", "error", script.path, 1, message, "defusedxml")


def gone(
    path: str, name: str, line: int, was: str, now: str, texts: Sequence[tuple[str, str]]
) -> Iterator[Issue]:
    for guard in GUARDS:
        if not guard.sign.search(was) or guard.sign.search(now) or not guard.needed.search(now):
            continue
        moved = sum(count(guard, after) for _, after in texts) >= sum(
            count(guard, before) for before, _ in texts
        )
        if not moved and not called(now) - called(was):
            yield Issue(
                guard.rule, guard.severity, path, line, f"{name}: {guard.message}", f"{name} unguarded", name
            )


def count(guard: Guard, text: str) -> int:
    return len(guard.sign.findall(text))


def called(text: str) -> set[str]:
    """The functions that a text calls, or is decorated with, whose names say that they look at something."""
    names = ("".join(pair).rpartition(".")[2] for pair in re.findall(r"([\w.]+)\(|@([\w.]+)", text))
    return {name for name in names if CAREFUL.search(name.lower()) or ALLOWING.search(name.lower())}
