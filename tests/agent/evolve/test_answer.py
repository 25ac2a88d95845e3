"""What an answer may bring, and what it may not."""

import pytest
from patchwright.agent.evolve.answer import version
from patchwright.agent.evolve.definition import identity
from patchwright.agent.evolve.site import Site, Unusable
from patchwright.tools.editing.text import Text

FILE = '''"""Packing."""

import math

LIMIT = 3


def priority(item, room):
    """Best fit."""
    return -(room - item)


class Packer:
    size = 3

    def place(self, item):
        return item

    def other(self):
        return 1
'''


def site(name: str = "priority", text: str = FILE) -> Site:
    return Site("pack.py", name, Text(text))


def block(code: str) -> str:
    return f"Here it is:\n\n```python\n{code}```\n"


def changed(name: str, answer: str) -> str:
    here = site(name)
    return here.with_version(version(here, answer))


def test_the_definition_alone_changes() -> None:
    text = changed("priority", block("def priority(item, room):\n    return item / room\n"))
    assert text == FILE.replace('    """Best fit."""\n    return -(room - item)', "    return item / room")


@pytest.mark.parametrize(
    "answer",
    [
        "def priority(item, room):\n    return 1\n",
        "```\ndef priority(item, room):\n    return 1\n```",
        "```python\ndef priority(item, room):\n    return 1\n",
        "```python\ndef priority_v2(item, room):\n    return 1\n```",
        "```python\nimport math\n\ndef priority(item, room):\n    return 1\n```\nSuch as:\n```python\nprint(3)\n```",
        "```python\ndef priority(item, room):\n    return 1\n\nif __name__ == '__main__':\n    priority(1, 2)\n```",
        "```python\n    def priority(item, room):\n        return 1\n```",
        "````python\ndef priority(item, room):\n    return 1\n````",
    ],
)
def test_an_answer_is_read_however_it_is_written(answer: str) -> None:
    assert version(site(), answer) == "def priority(item, room):\n    return 1"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("I do not know.", "the answer"),
        ("", "does not define priority"),
        (block("def other():\n    return 1\n"), "does not define priority"),
        (block("def priority(item, room):\n    return (\n"), "SyntaxError"),
        (
            block("def priority(item, room):\n    return 1\n\ndef weigh():\n    return 2\n"),
            "defines weigh too",
        ),
        (block("def priority(item, room):\n    return W\n\nW = 2\n"), "sets W = 2 outside"),
        (block("class priority:\n    pass\n"), "of another kind"),
        (block("def priority(item, room):\n    return " + "1 + " * 2_000 + "1\n"), "characters"),
        (block("def priority(item, room):\n    return '[redacted: GITHUB_TOKEN]'\n"), "stands for a secret"),
        (block("import numpy\n\ndef priority(item, room): return 1\n"), "needs `import numpy` outside"),
    ],
)
def test_what_is_no_version_is_refused_with_its_reason(answer: str, why: str) -> None:
    with pytest.raises(Unusable, match=why.replace("[", r"\[")):
        version(site(), answer)


def test_an_import_that_the_file_lacks_goes_into_the_function() -> None:
    answer = block(
        'import math\nimport random\n\ndef priority(item, room):\n    """Lots."""\n    return random.random()\n'
    )
    assert version(site(), answer) == (
        'def priority(item, room):\n    """Lots."""\n    import random\n    return random.random()'
    )


def test_a_method_is_evolved_by_itself_or_in_its_class() -> None:
    wanted = FILE.replace("        return item\n", "        return item + 1\n")
    bare = "def place(self, item):\n    return item + 1\n"
    assert changed("Packer.place", block(bare)) == wanted
    whole = "class Packer:\n    def place(self, item):\n        return item + 1\n\n    def other(self):\n        return 99\n"
    assert changed("Packer.place", block(whole)) == wanted


def test_a_class_keeps_the_methods_that_an_answer_leaves_out() -> None:
    text = changed("Packer", block("class Packer:\n    def place(self, item):\n        return 7\n"))
    assert text == FILE.replace("        return item\n", "        return 7\n")


def test_line_ends_stay_as_they_are() -> None:
    here = Site("pack.py", "priority", Text(FILE.replace("\n", "\r\n")))
    data = here.encoded("def priority(item, room):\n    return 1")
    assert data.count(b"\r\n") == data.count(b"\n") > 5


def test_a_version_that_would_end_its_definition_early_is_refused() -> None:
    with pytest.raises(Unusable, match="changes more than priority"):
        site().with_version("def priority(item, room):\n    return 1\n\n\nLIMIT = 4")


def test_versions_that_differ_in_words_and_layout_are_the_same() -> None:
    one = 'def f(a):\n    """One."""\n    return a+1  # one\n'
    other = "def f(a):\n\n    return (a\n            + 1)\n"
    assert identity(one) == identity(other)
    assert identity(one) != identity(other.replace("1", "2"))
