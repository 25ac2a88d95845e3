"""Speaking with a model that calls tools in its text: how it is told, how it is heard, how its calls are shown to it."""

import json
from collections.abc import Sequence

from ... import prompts
from ...tools.base import Call
from . import dialect, recover
from .base import Message, Profile, Schema
from .typed import kinds, properties


def describe(profile: Profile, tools: Sequence[Schema]) -> str:
    """What a model is told of its tools, and of how to call them."""
    return prompts.render(profile.protocol, tools="\n".join(map(listed, tools)))


def listed(tool: Schema) -> str:
    """A tool and its arguments, a line each."""
    about = tool["function"]
    wanted = about["parameters"].get("required", [])
    lines = [f"{about['name']}: {about['description']}"]
    for key, schema in properties(tool).items():
        kind = "/".join(sorted(kinds(schema) - {"null"})) or "any"
        hint = f": {schema['description']}" if "description" in schema else ""
        lines.append(f"  {key} ({kind}{'' if key in wanted else ', optional'}){hint}")
    return "\n".join(lines)


def example(profile: Profile) -> str:
    """A call as the model is to write it."""
    return written(Call(id="", tool="read", args={"path": "src/a.py"}), profile)


def heard(text: str, tools: Sequence[Schema], profile: Profile) -> tuple[str, tuple[Call, ...], str]:
    """What is left of an answer's text without its calls, the calls, and the form that they were written in.

    What stands behind a call is left out: it tells what came of it before it was done.
    """
    readers = [recover.found, dialect.found]
    if profile.protocol == "fenced":
        readers.reverse()
    calls = next((found for read in readers if (found := read(text, tools))), [])
    calls = calls if profile.many else calls[:1]
    if not calls:
        return text, (), ""
    if not any(f.call.problem for f in calls):  # what is wrong with one has to be seen
        text = text[: calls[0].start]
    return text.rstrip() if profile.native else text, tuple(f.call for f in calls), calls[0].form


def shown(m: Message, profile: Profile) -> str:
    """A message as the model sees it."""
    if profile.guided or profile.protocol == "fenced":
        results = m.text
    else:
        results = f"<tool_response>\n{m.text}\n</tool_response>"
    if m.role == "tool":
        return results
    calls = "\n".join(written(c, profile) for c in m.calls if not c.problem)
    gap = "\n\n" if calls and m.text and not m.text[-1].isspace() else ""
    return f"{m.text}{gap}{calls}"


def written(call: Call, profile: Profile) -> str:
    """A call as the model writes it itself."""
    if profile.protocol == "fenced":
        return dialect.written(call)
    if profile.protocol == "json":
        value = {"name": call.tool, "arguments": call.args}
        return f"<tool_call>\n{json.dumps(value, ensure_ascii=False)}\n</tool_call>"
    lines = [f"<function={call.tool}>"]
    for key, value in call.args.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        text = text if key in ("text", "code") and text.endswith("\n") else f"{text}\n"
        lines.append(f"<parameter={key}>\n{text}</parameter>")
    return "\n".join([*lines, "</function>"])
