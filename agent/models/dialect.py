"""How a model writes a call as lines and fenced blocks, with nothing escaped.

    ACTION define
    path: shelf/reader.py
    ```python
    def …
    ```

Code stands as it is: JSON costs small models their indentation and their quotes. Where the server takes a grammar
(GBNF, llama.cpp's), nothing but such an answer can be generated.
"""

import json
import re
from collections.abc import Iterator, Sequence

from ...tools.base import Arguments, Call
from .base import Message, Schema
from .typed import Found, properties, typed

BLOCKS = {"code": "python", "text": "text", "old": "old", "new": "new"}
"""Arguments of many lines, and the label of their fence."""
ROWS = 120
COMMON = r"""
value ::= [^\n]{1,160}
block ::= row{1,%d}
row ::= ([^`\n] [^\n]{0,200})? "\n"
"""
THOUGHT = r"""
thought ::= "Wrong: " [^\n]{1,160} "\nFix: " [^\n]{1,160} "\n"
"""
REST = 'root ::= block "```\\n"' + COMMON % ROWS
"""What is left of a call that was begun, see `begun`, in GBNF."""
ACTION = re.compile(r"^ACTION:? *(\w+) *$", re.MULTILINE)
OPENED = re.compile(r"(`{3,})(\w*)[^\n`]*\n")


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


def thinks(messages: Sequence[Message]) -> bool:
    """Whether the rules ask for a thought before the call; what is yet to be written is written at once."""
    rules = next((m.text for m in messages if m.role == "system"), "")
    return "`Wrong:`" in rules


def grammar(tools: Sequence[Schema], thought: bool = True) -> str:
    """A thought, where one is wanted, then exactly one call of one of the tools, in GBNF."""
    names = [t["function"]["name"] for t in tools]
    calls = " | ".join(f"call-{name}" for name in names)
    rules = [f'root ::= {"thought " if thought else ""}"ACTION " ({calls})']
    for name, tool in zip(names, tools, strict=True):
        rules.append(f"call-{name} ::= {' '.join([quoted(name + chr(10)), *arguments(tool)])}")
    return "\n".join(rules) + (THOUGHT if thought else "") + COMMON % ROWS


def lines(beginnings: Sequence[str]) -> str:
    """A block with a comment, then of lines that begin so, one after the other, in GBNF."""
    rows = " ".join(f"{quoted(one)} end" for one in beginnings)
    ends = 'comment ::= "# " [A-Za-z] [^\\n]{1,240} "\\n"\nend ::= [^\\n]{1,120} "\\n"\n'
    return f'root ::= "```python\\n" comment {rows} "```"\n{ends}'


def arguments(tool: Schema) -> Iterator[str]:
    for key in lines_of(tool):
        known = tool["function"]["parameters"]["properties"][key].get("enum", ())
        value = f"({' | '.join(map(quoted, known))})" if known else "value"
        yield f'{quoted(key + ": ")} {value} "\\n"'
    for key in blocks_of(tool):
        yield f'{quoted(f"```{BLOCKS[key]}" + chr(10))} block "```\\n"'


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def written(call: Call) -> str:
    """A call as a model writes it. A fence is longer than any that its block holds."""
    lines = [f"ACTION {call.tool}\n"]
    for key, value in call.args.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if key not in BLOCKS and "\n" not in text:
            lines.append(f"{key}: {text}\n")
    for key, value in call.args.items():
        if key in BLOCKS or (isinstance(value, str) and "\n" in value):
            text = str(value)
            fence = max(["``", *re.findall(r"^`{3,}", text, re.MULTILINE)], key=len) + "`"
            text += "" if text.endswith("\n") else "\n"
            lines.append(f"{fence}{BLOCKS.get(key, key)}\n{text}{fence}\n")
    return "".join(lines)


def begun(call: Call) -> str:
    """A call as a model begins to write it: it is to go on where the last block's text ends. Empty where that text
    would end the block."""
    text = written(call)
    return text.removesuffix("```\n") if text.endswith("\n```\n") else ""


def found(text: str, tools: Sequence[Schema]) -> list[Found]:
    """The calls in a text, first to last. What stands in a block is no call."""
    known, calls, at = {t["function"]["name"]: t for t in tools}, list[Found](), 0
    while opening := ACTION.search(text, at):
        at = opening.end()
        if opening[1] not in known:
            continue
        call, at = one(text, at, known[opening[1]])
        calls.append(Found(call, opening.start(), at, "fenced"))
    return calls


def one(text: str, at: int, tool: Schema) -> tuple[Call, int]:
    """The call whose name ends at a place of a text, and where the call ends."""
    name, pairs, blocks = tool["function"]["name"], Arguments(), list[tuple[str, str]]()
    at = after_line(text, at)
    while at < len(text) and not ACTION.match(text, at):
        if not (fence := OPENED.match(text, at)):
            key, colon, value = text[at : (end := after_line(text, at))].partition(":")
            if blocks or (not colon and key.strip()):
                break  # prose after the call
            if colon:
                pairs[key.strip()] = value.strip().strip("`")
            at = end
            continue
        if not fence[2] and len(blocks) >= len(blocks_of(tool)):
            break  # a fence around the whole call
        closing = re.compile(rf"^{fence[1]} *$", re.MULTILINE).search(text, fence.end())
        if not closing:
            return Call(
                id="", tool=name, problem=f"{name}: the call was cut off: write it again, whole"
            ), len(text)
        blocks.append((fence[2], text[fence.end() : closing.start()]))
        at = after_line(text, closing.end())
    return Call(id="", tool=name, args=args_of(tool, pairs, blocks)), at


def args_of(tool: Schema, pairs: Arguments, blocks: list[tuple[str, str]]) -> Arguments:
    """The arguments of a call. A block goes by its label, else by its place."""
    about = properties(tool)
    args = {key: typed(value, about[key]) for key, value in pairs.items() if key in about}
    labels = {BLOCKS.get(key, key): key for key in about}
    for key, (_, body) in zip(blocks_of(tool), blocks, strict=False):
        args[key] = next((b for label, b in blocks if label == BLOCKS[key]), body)
    for label, body in blocks:
        if (key := labels.get(label)) and key not in args:
            args[key] = typed(body, about[key])
    return args


def after_line(text: str, at: int) -> int:
    return (text.find("\n", at) + 1) or len(text)
