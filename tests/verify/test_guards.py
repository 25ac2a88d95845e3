"""Guards that go away, and those that only move."""

import pytest
from patchwright.verify.delta import Changed
from patchwright.verify.static import looked

VIEW = """from flask import abort
from app.auth import login_required, user


@login_required
def delete(note):
    if not user().is_admin:
        abort(403)
    note.delete()
"""
FILES = """import hmac
from html import escape
from pathlib import Path

ROOT = Path("/srv")


def read(name):
    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT):
        raise ValueError(name)
    return path.read_text()


def known(token, expected):
    return hmac.compare_digest(token, expected)


def shown(word):
    return "<p>" + escape(word) + "</p>"
"""
GONE = {
    "who may delete": (
        VIEW,
        "    if not user().is_admin:\n        abort(403)\n",
        "",
        "@login_required\n",
        "access-unguarded",
    ),
    "where a path leads": (
        FILES,
        "    if not path.is_relative_to(ROOT):\n        raise ValueError(name)\n",
        "",
        "",
        "path-traversal",
    ),
    "how secrets are compared": (
        FILES,
        "hmac.compare_digest(token, expected)",
        "token == expected",
        "",
        "compared-in-steps",
    ),
    "what is escaped": (FILES, "escape(word)", "word", "", "cross-site-scripting"),
}


def rules(before: str, after: str) -> set[str]:
    found = looked([Changed(path="app/a.py", before=before, after=after)]).issues
    return {issue.rule for issue in found if issue.severity == "error"}


@pytest.mark.parametrize(("before", "old", "new", "also", "rule"), GONE.values(), ids=GONE)
def test_a_guard_that_is_gone_is_an_error(before: str, old: str, new: str, also: str, rule: str) -> None:
    after = before.replace(old, new)
    after = after.replace(also, "") if also else after
    assert rule in rules(before, after)
    assert rules(after, before) == set()


def test_a_guard_that_moved_is_not_gone() -> None:
    guard = "    if not path.is_relative_to(ROOT):\n        raise ValueError(name)\n"
    helper = f"\n\ndef _inside(path, name):\n{guard}    return path\n"
    after = FILES.replace(guard, "    _inside(path, name)\n") + helper
    assert rules(FILES, after) == set()


def test_another_guard_in_its_place_is_enough() -> None:
    after = VIEW.replace("    if not user().is_admin:\n        abort(403)\n", "    require_owner(note)\n")
    after = after.replace("@login_required\n", "").replace("login_required, user", "require_owner")
    assert rules(VIEW, after) == set()


def test_a_parser_that_obeys_entities_is_told() -> None:
    before = (
        "from defusedxml import ElementTree\n\n\ndef read(text):\n    return ElementTree.fromstring(text)\n"
    )
    assert rules(before, before.replace("from defusedxml", "from xml.etree")) == {"xml-entities"}
