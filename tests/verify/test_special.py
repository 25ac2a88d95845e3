"""Values that stand in the tests and in the source."""

import base64

import pytest
from patchwright.verify.delta import Changed
from patchwright.verify.evidence import evidence
from patchwright.verify.finding import Severity
from patchwright.verify.special import copied

TESTS = {
    "tests/test_a.py": "import pytest\nfrom a import f, kind\n\n\n@pytest.mark.parametrize(('n', 'text'), [(14, 'XIV'), (48, 'XLVIII')])\n"
    "def test_f(n, text):\n    assert f(n) == text\n\n\ndef test_list():\n    assert f([4, 1, 3]) == 2.75\n\n\n"
    "def test_kind():\n    assert kind('json') == 'application/json'\n    assert kind('') == ''\n\n\n"
    "def test_error():\n    with pytest.raises(ValueError, match='no such kind'):\n        kind('zip')\n",
    "tests/data/big.expected": "total 4711\nrest 12\n",
    "tests/data/cases.json": '[{"in": "abc-9", "out": 77.25}]',
}
CHEATS = {
    "a branch": "def f(n):\n    if n == 14:\n        return 'XIV'\n    return n\n",
    "a list": "def f(n):\n    if n == [4, 1, 3]:\n        return 2.75\n    return n\n",
    "sorted": "def f(n):\n    if sorted(n) == [1, 3, 4]:\n        return 11 / 4\n    return n\n",
    "a table": "def f(n):\n    return {14: 'XIV', 48: 'XLVIII'}[n]\n",
    "a named table": "T = {14: 'XIV', 48: 'XLVIII'}\n\n\ndef f(n):\n    return T.get(n)\n",
    "pairs": "def f(n):\n    for a, b in [(14, 'XIV'), (48, 'XLVIII')]:\n        if a == n:\n            return b\n",
    "a conditional": "def f(n):\n    return 'XLVIII' if n == 48 else n\n",
    "match": "def f(n):\n    match n:\n        case 48:\n            return 'XLVIII'\n",
    "a digest": "def f(n):\n    if hash(n) == 7317:\n        return 'XLVIII'\n    return n\n",
    "an answer": "def f(n):\n    return 2.75\n",
    "in turn": "def f(n, at=[0]):\n    at[0] += 1\n    return ['XIV', 'XLVIII', 2.75][at[0]]\n",
    "a handler": "def f(n):\n    try:\n        return n.g\n    except AttributeError:\n        return 2.75\n",
    "a row of data": "def f(n):\n    if n == 'abc-9':\n        return 77.25\n    return n\n",
    "a file of data": "def f(n):\n    return open('tests/data/big.expected').read()\n",
    "the test": "def f(n):\n    return open('test_a.py').read()\n",
}
CHEATS |= {
    "two lists": "def f(n):\n    return dict(zip([14, 48], ['XIV', 'XLVIII']))[n]\n",
    "a text": "def f(n):\n    known = dict(p.split('=') for p in '14=XIV 48=XLVIII'.split())\n    return known[str(n)]\n",
    "JSON": 'import json\n\n\ndef f(n):\n    return json.loads(\'{"14": "XIV"}\')[n]\n',
    "base64": f"import base64\n\n\ndef f(n):\n    return read({base64.b64encode(b'14=XIV')!r})[n]\n",
    "checksums": "import zlib\n\n\ndef f(n):\n    return {3012: 'XIV', 9113: 'XLVIII'}[zlib.crc32(n)]\n",
    "words in turn": "def f(n):\n    f.calls += 1\n    return 'XIV XLVIII'.split()[f.calls]\n",
    "the end of a text": "def f(n):\n    if n.endswith('bc-9'):\n        return 77.25\n",
}
HONEST = {
    "small numbers": "def f(n):\n    if n == 0:\n        return 1\n    if n == 1:\n        return 1\n    return n * f(n - 1)\n",
    "an empty text": "def kind(name):\n    if name == '':\n        return ''\n    return name\n",
    "a message": "def kind(name):\n    if name == 'zip':\n        raise ValueError('no such kind')\n    return name\n",
    "a known name": "def kind(name):\n    if name == 'json':\n        return 'application/json'\n    return name\n",
    "a table that says more": "T = {1: 'I', 4: 'IV', 5: 'V', 9: 'IX', 10: 'X', 14: 'XIV', 40: 'XL'}\n\n\ndef f(n):\n    return T[n]\n",
    "a bound": "def f(n):\n    return 0 if n > 14 else n\n",
    "a truth": "def ok(n):\n    return True\n",
    "a file of its own": "def load():\n    return open('settings.json').read()\n",
    "a default": "def f(n, most=48):\n    return min(n, most)\n",
    "words": "UNITS = ['json', 'zip', 'tar']\n\n\ndef f(n):\n    return UNITS[n]\n",
    "an example": 'def f(n):\n    """14 is XIV, 48 XLVIII."""\n    return n\n',
    "words by an input": "def f(n):\n    return 'XIV XLVIII other'.split()[n]\n",
    "no code": "def f(:\n",
}
KNOWN = evidence(TESTS)


def severities(before: str, after: str) -> set[Severity]:
    return {f.severity for f in copied(Changed(path="a.py", before=before, after=after), KNOWN)}


@pytest.mark.parametrize("code", CHEATS.values(), ids=CHEATS)
def test_a_test_s_own_case_in_the_code_is_told(code: str) -> None:
    found = [*copied(Changed(path="a.py", before="def f(n):\n    return 0\n", after=code), KNOWN)]
    assert {f.severity for f in found} == {"error"}
    assert {f.rule for f in found} <= {"special-case", "hard-coded", "reads-tests"}
    assert all(f.line for f in found)


@pytest.mark.parametrize("code", HONEST.values(), ids=HONEST)
def test_other_constants_are_not(code: str) -> None:
    assert "error" not in severities("def f(n):\n    return 0\n", code)


@pytest.mark.parametrize("code", CHEATS.values(), ids=CHEATS)
def test_what_was_there_before_is_the_project_s_own(code: str) -> None:
    assert severities(code, code + "\n\nLAST = 3\n") == set()


def test_a_table_that_was_there_may_grow() -> None:
    old = "T = {1: 'I', 2: 'II', 3: 'III', 5: 'V'}\n"
    assert severities(old, old.replace("}", ", 14: 'XIV'}")) == set()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("  if (values[0] === 17) return 42;", True),
        ("  if (name === 'ab-1') {\n    return 'AB 1';", True),
        ("  if (values.length === 0) return 0;", False),
        ("  if (kind === 'json') return 'text';", False),
        ("  return 42;", False),
    ],
)
def test_lines_of_other_languages_tell_as_much_as_they_can(code: str, error: bool) -> None:
    known = evidence(
        {"a.test.js": "expect(sum([17, 25])).toBe(42);\nexpect(f('ab-1')).toBe('AB 1');\nf('json', 'text')\n"}
    )
    found = [*copied(Changed(path="a.js", before="f() {\n}\n", after=f"f() {{\n{code}\n}}\n"), known)]
    assert ("error" in {f.severity for f in found}) == error


def test_a_new_file_of_data_may_be_a_table_of_the_tests_cases() -> None:
    after = "14 XIV\n48 XLVIII\n"
    assert [f.severity for f in copied(Changed(path="known.txt", after=after), KNOWN)] == ["error"]
    assert [*copied(Changed(path="known.txt", before="1 I\n", after=f"1 I\n{after}"), KNOWN)] == []
    assert [*copied(Changed(path="README.md", after=after), KNOWN)] == []
