import json

import pytest
from patchwright.sandbox.guard.words import decoded, encoded

MESSAGES = [
    {},
    {"op": "run", "seconds": 0.5, "keep": "", "more": True, "less": False, "size": 0},
    {"error": 'a "quoted"\n\\ \x00 \udcff word, é, 中, 🙂', "errno": -1, "big": 1 << 70, "small": 1e-9},
]


@pytest.mark.parametrize("message", MESSAGES)
def test_the_guard_says_what_json_reads_and_reads_what_json_says(message: dict[str, object]) -> None:
    assert json.loads(encoded(message)) == message
    assert decoded(json.dumps(message)) == message
    assert decoded(encoded(message)) == message


def test_nested_requests_are_read() -> None:
    request = {"argv": ["sh", "-c", "true"], "env": {"A": "1"}, "nothing": None}
    assert decoded(json.dumps(request)) == request
