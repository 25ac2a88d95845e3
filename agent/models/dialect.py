"""How a model without native tool calls writes one: a line, `key: value` lines, and fenced blocks for text.

    ACTION define
    path: shelf/reader.py
    ```python
    def …
    ```

Code stands as it is, with nothing escaped: JSON costs small models their indentation and their quotes. Where the
server takes a grammar (GBNF, llama.cpp's), nothing but such an answer can be generated.
"""

import json
import re
from collections.abc import Iterator, Sequence

from ...tools.base import Call
from .base import Schema

BLOCKS = {"code": "python", "text": "text", "old": "old", "new": "new"}
"""Arguments of many lines, and the label of their fence."""
ROWS = 120
COMMON = r"""
thought ::= "Wrong: " [^\n]{1,160} "\nFix: " [^\n]{1,160} "\n"
value ::= [^\n]{1,160}
block ::= row{1,%d}
row ::= ([^`\n] [^\n]{0,200})? "\n"
"""


def describe(tools: Sequence[Schema]) -> str:
    """The tools as a model is told of them: what each does, and how the call is written."""
    return "\n\n".join(f"{t['function']['description']}\n{example(t)}" for t in tools)


def example(tool: Schema) -> str:
    about = tool["function"]
    lines = [f"ACTION {about['name']}"]
    lines += [f"{key}: <{key}>" for key in lines_of(tool)]
    lines += [f"```{BLOCKS[key]}\n<{hint(tool, key)}>\n```" for key in blocks_of(tool)]
    return "\n".join(lines)


def hint(tool: Schema, key: str) -> str:
    return tool["function"]["parameters"]["properties"][key].get("description", key)


def lines_of(tool: Schema) -> list[str]:
    """Required arguments that fit on a line."""
    wanted = tool["function"]["parameters"].get("required", [])
    return [key for key in wanted if key not in BLOCKS]


def blocks_of(tool: Schema) -> list[str]:
    wanted = tool["function"]["parameters"].get("required", [])
    return [key for key in wanted if key in BLOCKS]


def grammar(tools: Sequence[Schema]) -> str:
    """A thought, then exactly one call of one of the tools, in GBNF."""
    names = [t["function"]["name"] for t in tools]
    rules = [f'root ::= thought "ACTION " ({" | ".join(f"call-{name}" for name in names)})']
    for name, tool in zip(names, tools, strict=True):
        rules.append(f"call-{name} ::= {' '.join([quoted(name + chr(10)), *arguments(tool)])}")
    return "\n".join(rules) + COMMON % ROWS


def arguments(tool: Schema) -> Iterator[str]:
    for key in lines_of(tool):
        known = tool["function"]["parameters"]["properties"][key].get("enum", ())
        value = f"({' | '.join(map(quoted, known))})" if known else "value"
        yield f'{quoted(key + ": ")} {value} "\\n"'
    for key in blocks_of(tool):
        yield f'{quoted(f"```{BLOCKS[key]}" + chr(10))} block "```\\n"'


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read(text: str, tools: Sequence[Schema]) -> Call | None:
    """The first call in a text, or None."""
    known = {t["function"]["name"]: t for t in tools}
    found = re.search(r"^ACTION:? *(\w+) *$", text, re.MULTILINE)
    if not found or found[1] not in known:
        return None
    tool, rest = known[found[1]], text[found.end() :]
    head = rest.partition("```")[0]
    pairs = (line.partition(":") for line in head.splitlines())
    args: dict[str, object] = {
        k.strip(): v.strip().strip("`") for k, colon, v in pairs if colon and k.strip()
    }
    blocks = re.findall(r"^```(\w*)[^\n]*\n(.*?)^```", rest, re.MULTILINE | re.DOTALL)
    for key, (_, body) in zip(blocks_of(tool), blocks, strict=False):
        args[key] = next((b for label, b in blocks if label == BLOCKS[key]), body)
    properties = tool["function"]["parameters"]["properties"]
    return Call(id="", tool=found[1], args={k: v for k, v in args.items() if k in properties})
