"""Tool calls read from plain text: what a model writes that was not asked, or not able, to call natively.

The forms are those of the models' own chat templates, which a server hands on as text where it does not parse them:
JSON in <tool_call> (Hermes, Qwen), XML (Qwen3-Coder, Claude, DeepSeek, GLM), marked JSON (Mistral, Llama, DeepSeek,
Kimi, gpt-oss), Python (Gemma, Llama), and JSON in a fence or alone. A call counts only where it names an offered
tool. What quotes one is none: code, a thought, a quotation, JSON within a sentence. One that is cut off is never
done; where it was marked as a call, the model is told.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...tools.base import Call
from . import pythonic, xml
from .base import Schema
from .typed import Found, by_name, fitted, parsed, properties

NAMES = ("name", "tool", "tool_name", "function", "action")
ARGUMENTS = ("arguments", "args", "parameters", "input", "action_input")
CALLING = ("", "json", "xml", "tool", "tool_call", "tool_code", "action")
"""Labels of fences that a call may stand in; in any other it is shown, not made."""
TRUST = {"json": 1, "bare": 0}
"""Forms that are less than a plain call; where there is a plainer one, they do not count."""
TRIES = 300
"""Braces at which JSON is looked for."""
JSON = json.JSONDecoder(strict=False)

TAGS = r"<tool_calls?>|<\|tool_calls?\|>|<\|python_tag\|>|\[TOOL_CALLS\](?=\s*[\[{])"
NAMED = (
    r"\[TOOL_CALLS\]\s*(?P<m>[\w.-]+)\s*(?:\[CALL_ID\][^\[\s]*)?\[ARGS\]"
    r"|(?:<｜tool▁calls▁begin｜>\s*)?<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>)?(?P<d>[\w.-]+)(?:<｜tool▁sep｜>)?\s*(?:```json\s*)?"
    r"|(?:<\|tool_calls_section_begin\|>\s*)?<\|tool_call_begin\|>\s*(?:functions\.)?(?P<k>[\w.-]+?)(?::\d+)?\s*<\|tool_call_argument_begin\|>"
    r"|(?:<\|channel\|>commentary )?to=(?:functions\.)?(?P<o>[\w.-]+)[^\n{]{0,80}?<\|message\|>"
    r"|<function=(?P<l>[\w.-]+)>\s*(?=\{)"
)
TOKEN = re.compile(
    r"(?P<thought><think(?:ing)?>)"
    r"|^[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<label>[\w+.-]*)[^\n]*(?:\n|\Z)"
    r"|(?P<code>`[^`\n]+`)|(?P<quoted>^>[^\n]*)"
    rf"|(?P<named>{NAMED})|(?P<xml>{xml.OPEN})|(?P<tag>{TAGS})"
    r"|^(?P<python>\[(?=\w[\w.]*\())|(?P<brace>\{)",
    re.MULTILINE,
)

Tools = Mapping[str, Schema]
Step = tuple[list[Found], int]
"""The calls that were found at a place, and where to look on."""


def found(text: str, tools: Sequence[Schema]) -> list[Found]:
    """The calls in a text, first to last, of the plainest form that it has."""
    calls = list(scan(text, by_name(tools)))
    best = max((TRUST.get(f.form, 2) for f in calls), default=0)
    calls = [f for f in calls if TRUST.get(f.form, 2) == best]
    return calls if best else calls[:1]


def scan(text: str, tools: Tools) -> Iterator[Found]:
    inside: re.Match[str] | None = None
    at, tries = after_thought(text), 0
    while match := TOKEN.search(text, at):
        at, kind = match.end(), next(k for k in READERS if match[k] is not None)
        if kind == "fence" and inside:
            inside = None  # its end
            continue
        if kind == "fence" and match["label"].lower() in CALLING:
            inside = match
        if kind == "brace" and (tries := tries + 1) > TRIES:
            return
        calls, at = READERS[kind](text, match, tools, bool(inside))
        for call in calls:
            alone = inside and not text[inside.end() : call.start].strip()
            yield call._replace(start=inside.start()) if inside and alone else call


def after_thought(text: str) -> int:
    """Where the answer begins, where a thought stands before it whose beginning was in the prompt."""
    closing = text.find("</think>")
    return 0 if closing < 0 or "<think>" in text[:closing] else closing


def thought(text: str, match: re.Match[str], tools: Tools, fenced: bool) -> Step:
    closing = re.compile(r"</think(?:ing)?>").search(text, match.end())
    return [], closing.end() if closing else len(text)


def fence(text: str, match: re.Match[str], tools: Tools, fenced: bool) -> Step:
    """What stands in a fence of code is passed over; the other fences are looked into."""
    label, start = match["label"].lower(), match.end()
    closing = re.compile(rf"^[ \t]*{match['fence']}", re.MULTILINE).search(text, start)
    if label == "tool_code" and closing:
        end = closing.end()
        return list(pythonic.found(text[start : closing.start()], match.start(), end, tools)), start_of(
            end, text
        )
    if label in CALLING:
        return [], start
    return [], start_of(closing.end(), text) if closing else len(text)


def start_of(at: int, text: str) -> int:
    """Where the line ends that a place is in."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def passed(text: str, match: re.Match[str], tools: Tools, fenced: bool) -> Step:
    return [], match.end()


def named(text: str, match: re.Match[str], tools: Tools, fenced: bool) -> Step:
    """A mark with the tool's name, then the arguments as JSON."""
    name = next(value for key in "mdkol" if (value := match[key]) is not None)
    if name not in tools:
        return [], match.end()
    value, end = decoded(text, match.end())
    call = cut_off(name) if end < 0 else given(name, value, tools)
    end = len(text) if end < 0 else end
    tail = re.compile(r"\s*(```\s*)?(<｜tool▁call▁end｜>|<\|tool_call_end\|>|<\|call\|>|</function>)?").match(
        text, end
    )
    end = tail.end() if tail else end
    return [Found(call, match.start(), end, "marked")], end


def tag(text: str, match: re.Match[str], tools: Tools, fenced: bool) -> Step:
    """A mark, then calls as JSON, one after the other or in a list; or as what follows is written otherwise."""
    at = skip(text, match.end())
    if (form := xml.pairs(text, match.start(), at, tools)) is not None:
        return [form], form.end
    if match[0] == "<|python_tag|>" and text[at : at + 1] not in "{[":
        end = start_of(at, text)
        return list(pythonic.found(text[at:end], match.start(), end, tools)), end
    if text[at : at + 1] not in ("{", "["):
        return [], match.end()
    value, end = decoded(text, at)
    if end < 0:
        name = re.compile(r'[^{}]{0,60}"name"\s*:\s*"([\w.-]+)"').search(text, at)
        broken = (
            [Found(cut_off(name[1]), match.start(), len(text), "tagged")] if name and name[1] in tools else []
        )
        return broken, len(text) if broken else match.end()
    several = value if isinstance(value, list) else [value]
    tail = re.compile(r"\s*</tool_calls?>|[ \t]*;").match(text, end)
    end = tail.end() if tail else end
    calls = [call for one in several if (call := read(one, tools))]
    return [Found(call, match.start(), end, "tagged") for call in calls], end


def brace(text: str, match: re.Match[str], tools: Tools, fenced: bool) -> Step:
    """JSON without a mark. Where a sentence goes on behind it, it is only spoken of."""
    value, end = decoded(text, match.start())
    if end < 0:
        return [], match.end()
    rest = text[end : start_of(end, text)].strip()
    call = read(value, tools)
    if not call or not (fenced or rest[:1] in ("", "{", "]", ",", ";", "`")):
        return [], end
    return [Found(call, match.start(), end, "json" if fenced else "bare")], end


def python(text: str, match: re.Match[str], tools: Tools, fenced: bool) -> Step:
    """A list of calls in Python that is all that a line, or what is left, holds."""
    for end in (start_of(match.start(), text), len(text)):
        body = text[match.start() : end].strip()
        if body.endswith(")]") and (calls := list(pythonic.found(body, match.start(), end, tools))):
            return calls, end
    return [], match.end()


READERS: dict[str, Callable[[str, re.Match[str], Tools, bool], Step]] = {
    "thought": thought,
    "fence": fence,
    "code": passed,
    "quoted": passed,
    "named": named,
    "xml": lambda text, match, tools, fenced: xml.step(text, match.start(), tools),
    "tag": tag,
    "python": python,
    "brace": brace,
}


def skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def decoded(text: str, at: int) -> tuple[Any, int]:
    """The JSON value that begins at a place, and where it ends; -1 where there is none."""
    try:
        return JSON.raw_decode(text, skip(text, at))
    except (ValueError, RecursionError):
        return None, -1


def read(value: Any, tools: Tools) -> Call | None:
    """A call from a JSON object, whichever words it uses."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("function"), dict):
        value = value["function"]
    key = next((key for key in NAMES if isinstance(value.get(key), str)), "")
    name = value[key].removeprefix("functions.") if key else ""
    if name not in tools:
        return None
    if (inner := next((k for k in ARGUMENTS if k in value), None)) and inner not in properties(tools[name]):
        return given(name, value[inner], tools)
    rest = {k: v for k, v in value.items() if k not in (key, "id", "type")}
    return given(name, rest, tools) if rest.keys() <= properties(tools[name]).keys() else None


def given(name: str, args: Any, tools: Tools) -> Call:
    """A call with arguments as they were found: an object, or its JSON as a text."""
    if isinstance(args, str):
        call = parsed(name, args)
        return call.model_copy(update={"args": fitted(call.args, tools[name])})
    if args is None:
        args = {}
    if not isinstance(args, dict):
        return Call(id="", tool=name, problem=f"{name}: the arguments have to be a JSON object")
    return Call(id="", tool=name, args=fitted(args, tools[name]))


def cut_off(name: str) -> Call:
    return Call(
        id="", tool=name, problem=f"{name}: the call was cut off, or is no valid JSON: write it again, whole"
    )
