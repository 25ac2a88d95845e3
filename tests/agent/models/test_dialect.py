import pytest
from patchwright import prompts
from patchwright.agent.attempt import TOOLS
from patchwright.agent.models import dialect
from patchwright.agent.models.base import SMALL, Message
from patchwright.tools.base import Call, Toolbox

BOX = Toolbox([TOOLS[name] for name in (*SMALL.tools, "edit")], ())
SCHEMAS = BOX.schemas(["pkg/a.py", "b c.py"])


def read(text: str) -> tuple[str, dict[str, object]] | None:
    found = dialect.found(text, SCHEMAS)
    return (found[0].call.tool, found[0].call.args) if found else None


@pytest.mark.parametrize(
    "text",
    [
        "Wrong: it is.\nFix: so.\nACTION define\npath: pkg/a.py\n```python\ndef f():\n    return '`'\n```\n",
        "ACTION: define\npath: `pkg/a.py`\n```\ndef f():\n    return '`'\n```\nand then some",
    ],
)
def test_a_call_is_read_with_its_code_as_it_stands(text: str) -> None:
    assert read(text) == ("define", {"path": "pkg/a.py", "code": "def f():\n    return '`'\n"})


def test_blocks_are_told_apart_by_their_labels() -> None:
    text = "ACTION edit\npath: b c.py\n```new\nx\n```\n```old\ny\n```\n"
    assert read(text) == ("edit", {"path": "b c.py", "old": "y\n", "new": "x\n"})


@pytest.mark.parametrize("text", ["", "I would ACTION define it", "ACTION fly\nto: x\n", "ACTION"])
def test_what_is_no_call_is_none(text: str) -> None:
    assert read(text) is None


def test_every_example_that_is_shown_can_be_read() -> None:
    for schema in SCHEMAS:
        ((call, *_),) = dialect.found(dialect.example(schema) + "\n", SCHEMAS)
        assert call.tool == schema["function"]["name"]
        assert set(call.args) >= set(schema["function"]["parameters"].get("required", []))


def test_the_grammar_allows_the_known_paths_only() -> None:
    rules = dialect.grammar(SCHEMAS)
    assert rules.startswith('root ::= thought "ACTION " (call-define | ')
    assert '("pkg/a.py" | "b c.py")' in rules


def test_the_grammar_wants_the_thought_that_the_rules_ask_for_and_no_other() -> None:
    texts = {"small": prompts.render("small", actions=""), "write": prompts.render("write")}
    asked = {name: [Message(role="system", text=text)] for name, text in texts.items()}
    assert dialect.thinks(asked["small"]) and not dialect.thinks(asked["write"])
    assert not dialect.thinks([Message(role="user", text=asked["small"][0].text)])
    rules = dialect.grammar(SCHEMAS, thought=False)
    assert rules.startswith('root ::= "ACTION " (call-define | ') and "thought" not in rules


def test_a_call_that_is_begun_can_be_gone_on_with() -> None:
    head = "def f():\n    '''One.'''\n"
    begun = dialect.begun(Call(id="", tool="define", args={"path": "pkg/a.py", "code": head}))
    ((call, *_),) = dialect.found(f"{begun}    return 1\n```", SCHEMAS)
    assert call.args == {"path": "pkg/a.py", "code": f"{head}    return 1\n"}
    assert dialect.REST.startswith('root ::= block "```\\n"\n') and "\nblock ::=" in dialect.REST
    fenced = Call(id="", tool="define", args={"path": "pkg/a.py", "code": "```\n"})
    assert not dialect.begun(fenced)


def test_the_call_that_the_short_rules_show_is_one() -> None:
    ((call, *_),) = dialect.found(prompts.render("write"), SCHEMAS)
    assert (call.tool, call.args) == ("define", {"path": "<path>", "code": "<the whole function>\n"})


def test_the_small_prompt_fits() -> None:
    rules = prompts.render(
        "small", actions=dialect.describe(Toolbox([TOOLS[n] for n in SMALL.tools], ()).schemas())
    )
    assert len(rules) < 2_400  # about 600 tokens of 4 characters


def test_lines_are_held_to_how_they_begin_one_after_the_other_below_a_comment() -> None:
    root, comment, end = dialect.lines(['assert f("a") == ', "assert f(2) == "]).splitlines()
    assert root == (
        r'''root ::= "```python\n" comment "assert f(\"a\") == " end "assert f(2) == " end "```"'''
    )
    assert comment == r'''comment ::= "# " [A-Za-z] [^\n]{1,240} "\n"'''
    assert end == r'''end ::= [^\n]{1,120} "\n"'''
