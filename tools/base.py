"""What a tool is: a typed function whose docstring and signature are what the model is told."""

import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, Field, ValidationError, create_model

from ..sandbox.base import Frozen
from ..sandbox.patch import PatchError
from .clip import clip

Arguments = dict[str, Any]
RepoPath = Annotated[str, Field(description="path from the repository's top")]


class ToolError(Exception):
    """The call cannot be done; the text tells the model what to do instead. It never leaves `observe`."""

    def __init__(self, text: str, wrong: str = "") -> None:
        super().__init__(text)
        self.wrong = wrong
        """What the call itself is wrong in, whatever the tool: unreadable, unknown tool, arguments."""


class Call(Frozen):
    """What the model asked for."""

    id: str
    tool: str
    args: Arguments = {}
    problem: str = ""
    """Why the arguments could not be read, where they could not."""


class Observation(Frozen):
    """What came of a call: text for the model, data for people and programs."""

    call: str
    ok: bool
    text: str
    data: Arguments = {}
    seconds: float = 0.0
    done: bool = False
    """The work is finished, and that was accepted."""


class Done(Frozen):
    """What a tool returns where the work is finished with it."""

    text: str
    data: Arguments = {}


class Tool:
    """A function that the model may call. Its first parameter is what it works on; the rest is the schema."""

    origin = ""
    """Who brought it; empty for patchwright's own."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.name = function, function.__name__
        self.description = inspect.getdoc(function) or ""
        first, *_ = inspect.signature(function).parameters
        self.needs: type = get_type_hints(function)[first]

    @cached_property
    def args(self) -> type[BaseModel]:
        """What the arguments are checked by: made for the tools that are offered, at their first call."""
        hints = get_type_hints(self.function, include_extras=True)
        _, *rest = inspect.signature(self.function).parameters.values()
        fields: Any = {p.name: (hints[p.name], ... if p.default is p.empty else p.default) for p in rest}
        return create_model(self.name, __config__={"extra": "forbid", "defer_build": True}, **fields)

    @cached_property
    def schema(self) -> Arguments:
        """The tool as OpenAI's chat completions name it, without the titles that pydantic adds."""
        parameters = self.args.model_json_schema()
        parameters = {k: v for k, v in parameters.items() if k in ("type", "properties", "required")}
        for field in parameters["properties"].values():
            field.pop("title", None)
        return described(self.name, self.description, parameters)

    def call(self, hand: Any, args: Arguments) -> "Result":
        """Check the arguments, then do it. Raises ToolError."""
        try:
            checked = self.args.model_validate(args)
        except ValidationError as e:
            raise ToolError(f"{self.name}: {explained(e)}", "arguments") from e
        return self.function(hand, **{name: getattr(checked, name) for name in self.args.model_fields})


def described(name: str, description: str, parameters: Arguments) -> Arguments:
    """A tool as OpenAI's chat completions name it."""
    about = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": about}


def tool(function: Callable[..., Any]) -> Tool:
    """Make a function a tool."""
    return Tool(function)


Result = str | tuple[str, Arguments] | Done


class Toolbox:
    """The tools of a session, each bound to what it works on."""

    def __init__(self, tools: Sequence[Tool], hands: Sequence[object], most: int = 10_000) -> None:
        self.tools: Mapping[str, Tool] = {t.name: t for t in tools}
        self._hands, self._most = hands, most

    def schemas(self, paths: Sequence[str] = ()) -> tuple[Arguments, ...]:
        """All tools' schemas; with `paths`, these are the only values that an argument `path` may have."""
        found = tuple(t.schema for t in self.tools.values())
        if not paths:
            return found
        found = deepcopy(found)
        for schema in found:
            if path := schema["function"]["parameters"]["properties"].get("path"):
                path["enum"] = list(paths)
        return found

    def observe(self, call: Call) -> Observation:
        """Do what a call asks for. What the model did wrong is told to it; any other error is a bug and raised."""
        started = time.monotonic()
        try:
            result = self._do(call)
        except (ToolError, PatchError) as e:
            wrong = getattr(e, "wrong", "")
            data = {"wrong": wrong} if wrong else {}
            took = time.monotonic() - started
            return Observation(call=call.id, ok=False, text=str(e), data=data, seconds=took)
        if isinstance(result, str):
            result = result, {}
        done = isinstance(result, Done)
        text, data = (result.text, result.data) if isinstance(result, Done) else result
        took = time.monotonic() - started
        return Observation(
            call=call.id, ok=True, text=clip(text, self._most), data=data, seconds=took, done=done
        )

    def _do(self, call: Call) -> Result:
        if call.problem:
            raise ToolError(call.problem, "unreadable")
        found = self.tools.get(call.tool)
        if not found:
            raise ToolError(
                f"there is no tool {call.tool!r}; the tools are {', '.join(self.tools)}", "unknown tool"
            )
        hand = next(h for h in self._hands if isinstance(h, found.needs))
        return found.call(hand, call.args)


def explained(error: ValidationError) -> str:
    """Which argument is wrong and why, in a line."""
    parts = [f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors()[:4]]
    return "; ".join(parts)
