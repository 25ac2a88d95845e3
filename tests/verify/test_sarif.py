"""Findings as SARIF and back, and what others make of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify.finding import Finding
from patchwright.verify.newly import words
from patchwright.verify.sarif import NoSarif, read, to_sarif

FOUND = [
    Finding(check="static", rule="sql-injection", severity="error", message="told", path="a b/ü.py", line=3),
    Finding(check="static", rule="size", severity="note", message="large"),
    Finding(check="tamper", rule="size", severity="warning", message="other", path="c.py"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                sorted(
                    words(
                        "runs results tool driver rules name level message text locations physicalLocation region startLine"
                        " artifactLocation uri ruleIndex ruleId id kind defaultConfiguration messageStrings arguments"
                    )
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


def test_findings_come_back_as_they_went() -> None:
    log = to_sarif(FOUND, "1.0")
    found = read(json.dumps(log))
    assert found.tools == {"patchwright": "1.0"}
    assert [(f.rule, f.severity, f.message, f.path, f.line) for f in found.findings] == [
        (f"{f.check}/{f.rule}", f.severity, f.message, f.path, f.line) for f in FOUND
    ]


def test_rules_are_listed_once_and_results_point_at_them() -> None:
    [run] = to_sarif([*FOUND, *FOUND])["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules)) == 3
    assert all(rules[r["ruleIndex"]] == r["ruleId"] for r in run["results"])
    assert to_sarif([])["runs"][0]["results"] == []


OTHERS = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": "scan",
                    "semanticVersion": "2.3",
                    "rules": [
                        {
                            "id": "R1",
                            "defaultConfiguration": {"level": "error"},
                            "messageStrings": {"m": {"text": "bad {0}"}},
                        }
                    ],
                }
            },
            "results": [
                {
                    "ruleIndex": 0,
                    "message": {"id": "m", "arguments": ["luck"]},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": "file:///repo/src/a%20b.py"},
                                "region": {"startLine": 7},
                            }
                        }
                    ],
                },
                {"ruleId": "R2", "message": {"text": "no level"}},
                {"ruleId": "R3", "kind": "pass", "message": {"text": "fine"}},
                {"ruleId": "R4", "suppressions": [{"kind": "inSource"}], "message": {"text": "accepted"}},
                {"ruleId": "R5", "level": "none", "message": {"text": "x"}, "locations": "nowhere"},
                "no result",
            ],
        },
        {"tool": None},
    ],
}


def test_what_other_tools_leave_to_their_rules_is_found_there() -> None:
    first, second, third = read(json.dumps(OTHERS), "/repo").findings
    assert first == Finding(
        check="scan", rule="R1", severity="error", message="bad luck", path="src/a b.py", line=7
    )
    assert (second.rule, second.severity, second.path) == ("R2", "warning", "")
    assert (third.rule, third.severity) == ("R5", "note")


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "no JSON"), ("[]", "no list"), ("null", "no list"), ('{"runs": 3}', "no list"), ("{", "no JSON")],
)
def test_what_is_no_sarif_is_named(text: str, why: str) -> None:
    with pytest.raises(NoSarif, match=why):
        read(text)


@given(JSON)
def test_no_json_breaks_it(data: object) -> None:
    try:
        read(json.dumps({"runs": [{"results": [data]}, data]}))
        read(json.dumps(data))
    except NoSarif as e:
        assert str(e)
