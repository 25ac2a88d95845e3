"""SARIF 2.1.0, the form in which tools exchange what they find: ours as SARIF, and theirs as findings.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from .finding import Finding, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Mapping[str, Severity] = {"error": "error", "warning": "warning", "note": "note", "none": "note"}
LONGEST = 500
"""Characters of a message that are kept."""


class NoSarif(ValueError):
    """A text is no SARIF log. Its own text says why."""


class Log(NamedTuple):
    """What a tool found."""

    findings: list[Finding]
    tools: dict[str, str]
    """Versions by name."""


def to_sarif(findings: Iterable[Finding], version: str = "", tool: str = "patchwright") -> dict[str, Any]:
    """Findings as a SARIF log with one run."""
    every = list(findings)
    rules = sorted({f"{f.check}/{f.rule}" for f in every})
    driver: dict[str, Any] = {"name": tool, "rules": [described(rule) for rule in rules]}
    if version:
        driver["version"] = version
    results = [result(f, rules.index(f"{f.check}/{f.rule}")) for f in every]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def described(rule: str) -> dict[str, Any]:
    return {"id": rule, "shortDescription": {"text": rule.rpartition("/")[2].replace("-", " ")}}


def result(finding: Finding, index: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": f"{finding.check}/{finding.rule}",
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": finding.message},
    }
    if finding.path:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.path), "uriBaseId": "%SRCROOT%"}}
        if finding.line:
            place["region"] = {"startLine": finding.line}
        found["locations"] = [{"physicalLocation": place}]
    return found


def read(text: str, root: str = "") -> Log:
    """A SARIF log. What is malformed in single results is left out of them. Raises NoSarif where it is none at all."""
    try:
        log = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as e:
        raise NoSarif(f"it is no JSON: {e}") from e
    runs = log.get("runs") if isinstance(log, dict) else None
    if not isinstance(runs, list):
        raise NoSarif("it is JSON, and no SARIF: there is no list `runs`")
    found = Log([], {})
    for run in filter(mapping, runs):
        name = str(at(run, "tool", "driver", "name") or "external")
        version = at(run, "tool", "driver", "semanticVersion") or at(run, "tool", "driver", "version")
        found.tools[name] = str(version or "")
        rules = at(run, "tool", "driver", "rules")
        results = run.get("results")
        for given in filter(mapping, results if isinstance(results, list) else []):
            found.findings.extend(finding(name, given, rules if isinstance(rules, list) else [], root))
    return found


def finding(check: str, given: Mapping[str, Any], rules: list[Any], root: str) -> Iterator[Finding]:
    """One result, unless it says that all is well, or that somebody has accepted it."""
    if given.get("kind", "fail") not in ("fail", "open", "review") or given.get("suppressions"):
        return
    number, named = given.get("ruleIndex"), given.get("ruleId") or at(given, "rule", "id")
    about = rules[number] if isinstance(number, int) and 0 <= number < len(rules) else None
    about = about or next((r for r in rules if mapping(r) and r.get("id") == named), None)
    rule = str(named or at(about, "id") or "unnamed")
    stated = given.get("level") or at(about, "defaultConfiguration", "level")
    place = first(given.get("locations"))
    uri = at(place, "physicalLocation", "artifactLocation", "uri")
    line = at(place, "physicalLocation", "region", "startLine")
    yield Finding(
        check=check,
        rule=rule,
        severity=LEVELS.get(str(stated), "warning"),
        message=said(given.get("message"), about)[:LONGEST] or rule,
        path=relative(uri, root) if isinstance(uri, str) else "",
        line=line if isinstance(line, int) and line > 0 else 0,
    )


def said(message: Any, rule: Any) -> str:
    """A message, which may stand at the rule, with its arguments in their places."""
    if not mapping(message):
        return ""
    text = message.get("text") or message.get("markdown") or ""
    text = text or at(rule, "messageStrings", str(message.get("id")), "text")
    arguments = message.get("arguments")
    for number, argument in enumerate(arguments if isinstance(arguments, list) else []):
        text = str(text).replace(f"{{{number}}}", str(argument))
    return " ".join(str(text or "").split())


def relative(uri: str, root: str) -> str:
    """The path that a URI names, from the top of the repository."""
    parts = urlsplit(uri)
    path = unquote(parts.path) if parts.scheme in ("file", "") else unquote(uri)
    if root and path.startswith(root.rstrip("/") + "/"):
        path = path[len(root.rstrip("/")) + 1 :]
    return posixpath.normpath(path).removeprefix("./") if path else ""


def mapping(value: Any) -> bool:
    return isinstance(value, dict)


def first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None


def at(value: Any, *keys: str) -> Any:
    """What is at the end of some keys; None where one of them is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
