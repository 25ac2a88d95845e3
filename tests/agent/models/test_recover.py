"""Calls as models write them into their text, by the forms of their own templates."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patchwright import prompts
from patchwright.agent.attempt import TOOLS
from patchwright.agent.models import recover, spoken
from patchwright.agent.models.base import CAPABLE, Message, Profile
from patchwright.agent.models.wire import conversation
from patchwright.tools.base import Call, Toolbox

SCHEMAS = Toolbox([TOOLS[name] for name in (*Profile().offered, "patch")], ()).schemas()
SPOKEN = [Profile(protocol=p, many=m) for p in ("json", "xml", "fenced") for m in (True, False)]
OLD, NEW = "    if a:\n\treturn '`'", '  \n    if b:\n        return "</parameter>" \n'

ONE = {
    "hermes": '<tool_call>\n{"name": "read", "arguments": {"path": "x", "start": 5}}\n</tool_call>',
    "hermes without its end": '<tool_call>\n{"name": "read", "arguments": {"path": "x", "start": "5"}}',
    "qwen-coder": "<tool_call>\n<function=read>\n<parameter=path>\nx\n</parameter>\n<parameter=start>\n5\n"
    "</parameter>\n</function>\n</tool_call>",
    "qwen-coder without its wrapper": "<function=read>\n<parameter=path>\nx\n</parameter>\n"
    "<parameter=start>5</parameter>\n</function>\n</tool_call>",
    "invoke": '<function_calls>\n<invoke name="read">\n<parameter name="path">x</parameter>\n'
    '<parameter name="start">5</parameter>\n</invoke>\n</function_calls>',
    "minimax": '<minimax:tool_call>\n<invoke name="read">\n<parameter name="path">x</parameter>\n'
    '<parameter name="start">5</parameter>\n</invoke>\n</minimax:tool_call>',
    "deepseek 3.2": '<｜DSML｜function_calls>\n<｜DSML｜invoke name="read">\n<｜DSML｜parameter name="path" '
    'string="true">x</｜DSML｜parameter>\n<｜DSML｜parameter name="start" string="false">5</｜DSML｜parameter>\n'
    "</｜DSML｜invoke>\n</｜DSML｜function_calls>",
    "deepseek 3": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>read\n```json\n"
    '{"path": "x", "start": 5}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    "deepseek 3.1": '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>read<｜tool▁sep｜>{"path": "x", "start": 5}'
    "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    "glm": "<tool_call>read\n<arg_key>path</arg_key>\n<arg_value>x</arg_value>\n<arg_key>start</arg_key>\n"
    "<arg_value>5</arg_value>\n</tool_call>",
    "kimi": "<|tool_calls_section_begin|><|tool_call_begin|>functions.read:0<|tool_call_argument_begin|>"
    '{"path": "x", "start": 5}<|tool_call_end|><|tool_calls_section_end|>',
    "mistral": '[TOOL_CALLS][{"name": "read", "arguments": {"path": "x", "start": 5}}]',
    "mistral, new": '[TOOL_CALLS]read[ARGS]{"path": "x", "start": 5}',
    "llama": '<|python_tag|>{"name": "read", "parameters": {"path": "x", "start": "5"}}',
    "llama, built in": '<|python_tag|>read.call(path="x", start=5)',
    "llama, own": '<function=read>{"path": "x", "start": 5}</function>',
    "llama, pythonic": '[read(path="x", start=5)]',
    "gemma": '```tool_code\nprint(read(path="x", start=5))\n```',
    "gemma, api": '```tool_code\ndefault_api.read("x", start=5)\n```',
    "gpt-oss": '<|channel|>commentary to=functions.read <|constrain|>json<|message|>{"path": "x", "start": 5}',
    "fence": '```json\n{"tool": "read", "args": {"path": "x", "start": 5}}\n```',
    "openai": '{"type": "function", "function": {"name": "read", "arguments": "{\\"path\\": \\"x\\", \\"start\\": 5}"}}',
    "flat": '{"tool": "read", "path": "x", "start": 5}',
    "command-r": 'Action: ```json\n[\n{"tool_name": "read", "parameters": {"path": "x", "start": 5}}\n]\n```',
    "lines": "ACTION read\npath: x\nstart: 5\n",
    "lines in a fence": "```\nACTION read\npath: x\nstart: 5\n```\n",
}


def heard(text: str, profile: Profile = CAPABLE) -> list[tuple[str, dict[str, object], str]]:
    _, calls, _ = spoken.heard(text, SCHEMAS, profile)
    return [(c.tool, c.args, c.problem) for c in calls]


@pytest.mark.parametrize("form", ONE)
@pytest.mark.parametrize("before", ["", "I look at it first.\n\n", "<think>\nread {it}?\n</think>\n\n"])
def test_every_form_of_a_call_is_read(form: str, before: str) -> None:
    if form == "llama, pythonic" and before:
        before = before.rstrip("\n") + "\n"
    text, calls, name = spoken.heard(before + ONE[form], SCHEMAS, Profile())
    assert [(c.tool, c.args, c.problem) for c in calls] == [("read", {"path": "x", "start": 5}, "")]
    assert name not in ("", "native")
    if form not in ("command-r", "lines in a fence"):
        assert text == before.rstrip()


@pytest.mark.parametrize("form", ONE)
def test_a_call_that_is_cut_off_is_never_done(form: str) -> None:
    whole = ONE[form]
    for end in range(len(whole)):
        for tool, args, problem in heard(whole[:end]):
            assert tool == "read"
            assert problem or args == {"path": "x", "start": 5} or form.startswith("lines"), (
                whole[:end],
                args,
            )


@pytest.mark.parametrize(
    "text",
    [
        'I would use `<function=read>` here, or `{"name": "read", "arguments": {}}` perhaps.',
        'Call {"name": "read", "arguments": {"path": "x"}} to see it.',
        '```python\ncall = {"name": "read", "arguments": {"path": "x"}}\n```',
        '```python\nread(path="x")\n```',
        '> {"name": "read", "arguments": {"path": "x"}}',
        '<think>\n<tool_call>{"name": "read", "arguments": {"path": "x"}}</tool_call>\n</think>\nDone.',
        'so <tool_call>{"name": "read", "arguments": {}}</tool_call> or not?\n</think>\nIt is done.',
        'package.json is\n{"name": "read", "version": "1.0"}',
        '<tool_call>{"name": "browse", "arguments": {}}</tool_call>',
        "<function=browse><parameter=path>x</parameter></function>",
        "read(path='x')",
        "[read]",
        "{" * 5000,
        '{"a":' * 5000,
        "<parameter=path>" * 500,
    ],
)
def test_what_quotes_a_call_or_is_none_is_not_done(text: str) -> None:
    assert heard(text) == []


def test_several_calls_count_only_where_the_profile_has_it() -> None:
    text = "".join(f"<function=read>\n<parameter=path>\n{p}\n</parameter>\n</function>\n" for p in "ab")
    assert [args for _, args, _ in heard(text)] == [{"path": "a"}, {"path": "b"}]
    left, calls, _ = spoken.heard(
        "Look.\n" + text + "It says 5.", SCHEMAS, Profile(protocol="xml", many=False)
    )
    assert (left, [c.args for c in calls]) == ("Look.\n", [{"path": "a"}])


def test_the_model_is_told_of_a_call_that_was_cut_off() -> None:
    text = "<function=write>\n<parameter=path>\na.py\n</parameter>\n<parameter=text>\nx = 1\n"
    left, (call,), _ = spoken.heard(text, SCHEMAS, Profile(protocol="xml"))
    assert call.problem == "write: the call was cut off before </function>: write it again, whole"
    assert left == text


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t `<>{}\"\\'")
)
WORDS = st.text("abc/._-", min_size=1).filter(lambda t: t.strip("`") == t)


@settings(max_examples=300)
@given(
    profile=st.sampled_from(SPOKEN), before=st.sampled_from(["", "So.\n\n"]), path=WORDS, old=LINES, new=LINES
)
def test_what_is_written_is_read_byte_for_byte(
    profile: Profile, before: str, path: str, old: str, new: str
) -> None:
    if profile.protocol == "fenced":  # its blocks are whole lines
        old, new = f"{old}\n", f"{new}\n"
    call = Call(id="", tool="edit", args={"path": path, "old": old, "new": new, "every": True})
    shown = spoken.shown(Message(role="assistant", text=before, calls=(call,)), profile)
    left, calls, _ = spoken.heard(shown, SCHEMAS, profile)
    assert (left, calls) == (before, (call,))


@settings(max_examples=200)
@given(
    text=st.lists(
        st.sampled_from([*ONE.values(), "```", "<tool_call>", "</think>", "{", "\n", "> ", "`"])
    ).map("".join)
)
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    for found in recover.found(text, SCHEMAS):
        assert 0 <= found.start < found.end <= len(text)
        assert found.call.tool == "read"


@pytest.mark.parametrize("profile", SPOKEN)
def test_the_example_of_a_prompt_can_be_read_and_the_prompt_is_short(profile: Profile) -> None:
    about = spoken.describe(profile, Toolbox([TOOLS[n] for n in profile.offered], ()).schemas())
    (tool, args, problem), *_ = heard(
        about.partition("like this:" if profile.protocol != "fenced" else "line:")[2], profile
    )
    assert (tool in ("read", "edit"), args["path"], problem) == (True, "src/a.py", "")
    if tool == "edit":
        assert str(args["old"]).rstrip("\n") == "    return a"
    rules = prompts.render("system", network="without network", calls=prompts.render("one"))
    assert len(rules + about) < 4_600  # under 1,200 tokens


def test_user_and_model_take_turns_where_calls_are_text() -> None:
    call = Call(id="1.1", tool="read", args={"path": "x"})
    talk = [
        Message(role="system", text="rules"),
        Message(role="user", text="task"),
        Message(role="assistant", text="Look.", calls=(call, call)),
        Message(role="tool", text="seen", call="1.1"),
        Message(role="tool", text="again", call="1.2"),
        Message(role="user", text="go on"),
    ]
    sent = conversation(talk, Profile(protocol="json", system=False))
    assert [m["role"] for m in sent] == ["user", "assistant", "user"]
    assert sent[0]["content"] == "rules\n\ntask"
    assert json.loads(sent[1]["content"].split("<tool_call>")[1].split("</tool_call>")[0])["arguments"] == {
        "path": "x"
    }
    assert sent[2]["content"].count("<tool_response>") == 2
    assert [m["role"] for m in conversation(talk, Profile())] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
        "user",
    ]
