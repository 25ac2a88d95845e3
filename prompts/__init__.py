"""The prose that models read: Markdown files beside this one."""

import hashlib
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


class PromptError(Exception):
    """A prompt and what it is filled with do not fit together: a bug of ours."""


def render(name: str, **values: str) -> str:
    """A prompt with its {{names}} filled in. A missing or an unused value is an error."""
    text = _text(name)
    wanted = set(re.findall(r"{{(\w+)}}", text))
    if wanted != values.keys():
        raise PromptError(f"prompt {name}: wants {sorted(wanted)}, got {sorted(values)}")
    return re.sub(r"{{(\w+)}}", lambda found: values[found[1]], text)


@cache
def _text(name: str) -> str:
    return (HERE / f"{name}.md").read_text(encoding="utf-8").strip()


@cache
def digest() -> str:
    """One hash of all prompts, for the log: a run can be told from one with other words."""
    whole = hashlib.sha256()
    for path in sorted(HERE.glob("*.md")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]
