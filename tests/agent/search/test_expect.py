"""What a model says that calls have to come to: read from its lines, and held against what candidates answer."""

import threading
from collections.abc import Sequence

from patchwright.agent.events import Expected
from patchwright.agent.models.base import Message, Reply, Usage
from patchwright.agent.models.scripted import Scripted
from patchwright.agent.search.expect import ask, expectations, met

SAID = """Here they are:
```python
assert median([1, 2]) == 1.5
assert median([1, 2]) == 2
assert median([]) is None
assert median(numbers) == 2
assert mean([1]) == 1
assert median([3]) == 3.0, "one"
assert median(
```"""


def said(*texts: str) -> Expected:
    return Expected(path="src/stats.py", name="median", texts=texts)


def test_literals_count_and_of_each_call_what_was_said_most_often() -> None:
    found = expectations([said(SAID, "assert median([1, 2]) == 1.5")])
    assert [(one.asked, one.answer) for one in found] == [
        ("stats.median([1, 2])", "1.5"),
        ("stats.median([])", "None"),
        ("stats.median([3])", "3"),
    ]


def test_only_what_tells_candidates_apart_is_counted() -> None:
    found = expectations([said(SAID)])
    inputs = ["stats.median([3])", "stats.median([1, 2])", "stats.median([])", "stats.median([9])"]
    answers = {
        "a": ("3", "1.5", "raises ValueError", "9"),
        "b": ("3", "1.5 leaving [2, 1]", "None; prints 'x'", "9"),
        "c": ("3", "1.55", "Nonesuch", "0"),
    }
    assert met(found, inputs, answers) == {"a": 1, "b": 2, "c": 0}
    assert met(found, inputs[3:], {tree: row[3:] for tree, row in answers.items()}) == dict.fromkeys("abc", 0)
    assert met([], inputs, {}) == {}


class Asked(Scripted):
    """Keeps what it is asked, and costs something."""

    sent: Sequence[Message] = ()

    def complete(self, messages: Sequence[Message], *_: object, **__: object) -> Reply:
        self.sent = messages
        return Reply(text=SAID, usage=Usage(prompt=10, completion=5))


def test_the_model_sees_the_source_and_all_its_answers_are_paid() -> None:
    model = Asked()
    source = "def median(values):\n    ...\n"
    found = ask(model, "src/stats.py", "median", source, lambda _: None, threading.Event())
    (asked,) = model.sent
    assert source in asked.text and "assert median(...) == ..." in asked.text
    assert asked.lines == "assert median("
    assert found.texts == (SAID,) * 4
    assert (found.usage.prompt, found.usage.completion) == (40, 20)
