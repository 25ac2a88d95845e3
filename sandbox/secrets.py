"""Keeping secrets out of what is told: in a text, what is one gives way to a marker that names it.

Two kinds are known: values of this process's own environment, and what is a key, token or password by its form.
"""

import base64
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus, unquote

NAMED = ("KEY", "TOKEN", "SECRET", "PASSW", "PASSPHRASE", "CREDENTIAL")
ENDING = ("_PASS", "_PWD", "_AUTH")
"""What names of variables hold or end with whose values are secrets, unless they are plain."""
SHORTEST = 8
MARKER = r"\[redacted: [^\]\n]{1,100}\]"

WORD = r"(?:(?:[A-Z]?[a-z]{2,15}(?:[A-Z][a-z]{2,11}){0,3}|[A-Z]{1,15}|[a-z])\d{0,4}|\d{1,4})"
PLAIN = rf"{WORD}(?:[-_ .,:;@=]{{1,3}}{WORD}){{0,12}}|[-+0-9.eE]+|[A-Za-z][a-z]+://[^@?]*"
"""Words, numbers and addresses: to hide them would hide code that has nothing to do with the secret."""


@cache
def made(pattern: str) -> re.Pattern[str]:
    """Compiled when it is needed first: all of them together take longer than a start may."""
    return re.compile(pattern)


def plain(value: str) -> bool:
    """Whether a value is too common, or too little of a secret, to be looked for."""
    if value.startswith(("/", "~/", "./", "../")) and value.count("/") > 1 and "\n" not in value:
        return all(wordy(part) for part in value.split("/"))
    return bool(made(PLAIN).fullmatch(value)) or len(set(value)) < 5


def wordy(part: str) -> bool:
    """Whether a part of a path looks like a name."""
    return len(part) < 20 or bool(made(PLAIN).fullmatch(part))


class Form(NamedTuple):
    """What a kind of secret looks like."""

    label: str
    signs: tuple[str, ...]
    """One of these is in every text that holds one: to look for them is far quicker."""
    regex: str
    real: Callable[[str], bool] = lambda body: len(set(body)) > 7 and "EXAMPLE" not in body
    """Whether what was found, or its first group, is no mere example."""


def mixed(body: str) -> bool:
    """Whether it is a key, and not words that are joined by dashes."""
    runs = re.split("[-_]", body)
    return any(c.isdigit() for c in body) and max(map(len, runs)) >= 12 and len(set(body)) > 9


SAMPLE = "eyJzdWIiOiIxMjM0NTY3ODkw"
"""The payload of the token that stands as an example everywhere: "sub": "1234567890"."""
GAP = r"(?:(?!-----)(?:\\[nrt]|\d{1,6}[\t:|]|\+(?=[ \t\"'])|(?!\\[nrt])[^A-Za-z0-9+/=]))"
"""Between two lines of a key: line ends, written out too, indents, quotes, numbers of lines, signs of a diff."""
PEM = (
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    rf"(?:{GAP}{{1,40}}(?:Proc-Type|DEK-Info|Version|Comment|Hash):[^\n\\]{{0,200}}(?=[\n\\])){{0,10}}"
    rf"(?:{GAP}{{1,40}}[A-Za-z0-9+/]{{16,}}={{0,2}})+"
    rf"(?:(?:{GAP}{{1,40}}[A-Za-z0-9+/=]{{1,15}})?{GAP}{{0,40}}-----END [A-Z0-9 ]{{1,60}}-----)?"
)
"""There is one way only to read a text by it, so that it takes linear time. Possessive groups would say so, but up to
Python 3.11.4 they do not match what they should."""


def alone(sign: str) -> str:
    """A sign that begins a word; `\\n` written out may stand before it."""
    return rf"{sign}(?:(?<![A-Za-z0-9_-]{sign})|(?<=\\[nrt]{sign}))"


FORMS = (
    Form("AWS key", ("AKIA", "ASIA"), alone("A[KS]IA") + r"[A-Z2-7]{16}(?![A-Za-z0-9+/])"),
    Form(
        "AWS secret key",
        ("ecret_access_key", "ecretAccessKey", "ECRET_ACCESS_KEY"),
        r"(?i:ecret_?access_?key)[\"']?\s{0,3}[:=]\s{0,3}[\"']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    Form(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}",
    ),
    Form("GitLab token", ("glpat-",), r"glpat-[A-Za-z0-9_-]{20,255}"),
    Form("Slack token", ("xox",), r"xox[abeoprs]-(?=[A-Za-z-]{0,250}\d)[A-Za-z0-9-]{16,250}"),
    Form("Stripe key", ("k_live_",), r"[sr]k_live_[A-Za-z0-9]{16,255}"),
    Form("API key", ("sk-",), alone("sk-") + r"(?<!sha256=sk-)[A-Za-z0-9_-]{20,255}", mixed),
    Form("Google key", ("AIza",), alone("AIza") + r"[A-Za-z0-9_-]{35}(?![A-Za-z0-9_+/-])"),
    Form("npm token", ("npm_",), alone("npm_") + r"[A-Za-z0-9]{36}(?![A-Za-z0-9_])"),
    Form("PyPI token", ("pypi-AgE",), r"pypi-AgE[A-Za-z0-9_-]{40,1000}"),
    Form(
        "JWT",
        ("eyJ",),
        alone("eyJ") + r"[A-Za-z0-9_-]{8,4000}+\.eyJ[A-Za-z0-9_-]{8,8000}+\.[A-Za-z0-9_-]{16,2000}",
        lambda body: SAMPLE not in body,
    ),
    Form("private key", (" PRIVATE KEY",), PEM),
    Form(
        "password",
        ("://",),
        r"://[^\s/?#:@\"'<>{}|\\`$*()]{0,100}:([^\s/?#@\"'<>{}|\\`$*()\[\]]{6,200})@(?=[A-Za-z0-9.\[-])",
        lambda body: not plain(unquote(body)),
    ),
)
URL = FORMS[-1].regex


class Secrets:
    """The secrets of an environment, and those that every text may hold."""

    def __init__(self, env: Mapping[str, str]) -> None:
        found: dict[str, str] = {}
        for name, value in env.items():
            for secret in values(name, value):
                for form in forms(secret):
                    found.setdefault(form, name)
        self._found = sorted(found.items(), key=lambda pair: -len(pair[0]))
        self.wide = any(any(map(str.isspace, value)) for value, _ in self._found)
        """Whether one of them has a blank in it."""

    def redact(self, text: str) -> str:
        """A text with markers for its secrets. In linear time, and what is redacted stays as it is."""
        if len(text) < SHORTEST:
            return text
        for value, name in self._found:
            if value in text:
                text = text.replace(value, f"[redacted: {name}]")
        for form in FORMS:
            if any(sign in text for sign in form.signs):
                text = made(form.regex).sub(lambda found, form=form: marked(found, form), text)
        return text

    def cleaned(self, value: Any) -> Any:
        """Data as JSON knows it, with all its texts redacted."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, dict):
            told: dict[Any, Any] = {}
            for key, inner in value.items():
                key = self.cleaned(key)
                while key in told:  # two that look alike now are still two
                    key += "'"
                told[key] = self.cleaned(inner)
            return told
        if isinstance(value, list | tuple):
            return type(value)(map(self.cleaned, value))
        return value

    def held(self, text: str) -> tuple[str, ...]:
        """Which secrets a text holds that has to stay exact: variables by their names, and kinds."""
        told = markers(self.redact(made(MARKER).sub("", text)))
        return tuple(dict.fromkeys(marker[11:-1] for marker in told))


def markers(text: str) -> list[str]:
    """The markers in a text."""
    return made(MARKER).findall(text) if "[redacted: " in text else []


def marked(found: re.Match[str], form: Form) -> str:
    group = 1 if found.re.groups else 0
    body = found[group]
    if not form.real(body):
        return found[0]
    start, end = found.start(group) - found.start(), found.end(group) - found.start()
    return f"{found[0][:start]}[redacted: {form.label}]{found[0][end:]}"


def values(name: str, value: str) -> Iterator[str]:
    """The secrets in a variable's value."""
    for found in made(URL).finditer(value) if "://" in value else ():
        yield found[1]
        yield unquote(found[1])
    if named(name):
        yield value.strip()
        yield from (row.strip() for row in value.splitlines() if len(row) > 19)


def forms(secret: str) -> Iterator[str]:
    """How a secret may be written: as it is, in a URL, in JSON, in hex, in base64 wherever it begins there."""
    if len(secret) < SHORTEST or plain(secret):
        return
    data = secret.encode("utf-8", "surrogateescape")
    yield secret
    yield quote(data, safe="")
    yield quote(data)
    yield quote_plus(data)
    yield json.dumps(secret)[1:-1]
    yield data.hex()
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        # A character that also stands for a part of what comes before or after is not looked for.
        first, last = -(-shift * 8 // 6), (shift + len(data)) * 8 // 6
        if len(core := whole[first:last]) >= SHORTEST:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


def named(variable: str) -> bool:
    """Whether a variable's name says that it holds a secret."""
    upper = variable.upper()
    return upper.endswith(ENDING) or any(word in upper for word in NAMED)


def secret_variable(name: str, value: str) -> bool:
    """Whether a variable is not to be given to other programs."""
    return named(name) or bool("://" in value and made(URL).search(value))


def without(env: Mapping[str, str]) -> dict[str, str]:
    """An environment without its secrets."""
    return {name: value for name, value in env.items() if not secret_variable(name, value)}


def ours() -> Secrets:
    """The secrets of this process."""
    return _of(tuple((name, value) for name, value in os.environ.items() if secret_variable(name, value)))


@lru_cache(4)
def _of(variables: tuple[tuple[str, str], ...]) -> Secrets:
    return Secrets(dict(variables))
