"""Tools of servers that speak the Model Context Protocol. They run outside of the sandbox, as their user set them up."""

import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from tempfile import TemporaryFile
from typing import Any

from pydantic import Field, model_validator

from ..sandbox.base import Frozen
from .base import Arguments, Result, Tool, ToolError, described

SECONDS = 120
ALL = "*"


class ServerError(Exception):
    """A server cannot be had: the text says which, why, and what to do."""


class Server(Frozen):
    """How a server is started or reached, and which of its tools the model may call."""

    command: tuple[str, ...] = Field((), description="a program with its arguments, spoken to by its pipes")
    url: str = Field("", description="or the address of one that runs")
    env: dict[str, str] = {}
    """Variables for the program, beside HOME, PATH and the like: it gets none of yours otherwise."""
    allow: tuple[str, ...] = ()
    """Names of its tools that the model may call; `*` for all of them."""
    seconds: float = Field(SECONDS, gt=0, description="time limit of a call")

    @model_validator(mode="before")
    @classmethod
    def _split(cls, values: Any) -> Any:
        if isinstance(values, dict) and isinstance(values.get("command"), str):
            return values | {"command": shlex.split(values["command"])}
        return values

    @model_validator(mode="after")
    def _one_way(self) -> "Server":
        if bool(self.command) == bool(self.url):
            raise ValueError("a server has either a command or a url")
        return self


class Remote(Tool):
    """A tool of a server."""

    needs = object

    def __init__(self, server: str, about: Any, call: Any) -> None:
        self.own_name, self.origin, self._call = about.name, f"the MCP server {server}", call
        self.name = re.sub(r"[^A-Za-z0-9_-]", "_", f"{server}_{about.name}")[:64]
        self.description = about.description or about.title or ""
        self._schema = about.input_schema

    @cached_property
    def schema(self) -> Arguments:
        return described(self.name, self.description, self._schema)

    def call(self, hand: Any, args: Arguments) -> Result:
        try:
            found = self._call(self.own_name, args)
        except Exception as e:  # whatever a server or its connection does is no bug of ours
            raise ToolError(f"{self.name}, of {self.origin}, failed: {type(e).__name__}: {e}") from e
        text = "\n".join(said(part) for part in found.content)
        if found.is_error:
            raise ToolError(f"{self.name}: {text}")
        return text


def said(part: Any) -> str:
    return part.text if part.type == "text" else f"[{part.type}, which cannot be shown]"


@contextmanager
def connected(servers: Mapping[str, Server]) -> Iterator[list[Remote]]:
    """The tools of all servers, as long as the context lasts. Raises ServerError."""
    if not servers:
        yield []
        return
    try:
        from anyio.from_thread import start_blocking_portal
        from mcp import Client, StdioServerParameters, stdio_client
    except ImportError as e:
        raise ServerError("MCP servers need a package that is missing: pip install 'patchwright[mcp]'") from e

    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        found: list[Remote] = []
        for name, server in servers.items():
            errors = stack.enter_context(TemporaryFile("w+", errors="replace"))
            way: Any = server.url
            if server.command:
                program, *rest = server.command
                way = stdio_client(StdioServerParameters(command=program, args=rest, env=server.env), errors)
            client = Client(way, read_timeout_seconds=server.seconds)
            try:
                stack.enter_context(portal.wrap_async_context_manager(client))
                listed = portal.call(every, client)
            except Exception as e:
                errors.seek(0)
                last = (errors.read()[-2_000:].strip().splitlines() or [reason(e)])[-1]
                raise ServerError(f"the MCP server {name} does not answer: {last}") from e

            def call(tool: str, args: Arguments, client: Client = client) -> Any:
                return portal.call(client.call_tool, tool, args)

            found += [Remote(name, about, call) for about in listed]
        yield found


def permitted(found: list[Remote], servers: Mapping[str, Server]) -> list[Tool]:
    """Those that the settings allow."""
    allowed = {f"the MCP server {name}": server.allow for name, server in servers.items()}
    return [t for t in found if ALL in allowed[t.origin] or t.own_name in allowed[t.origin]]


async def every(client: Any) -> list[Any]:
    """All pages of a server's list of tools."""
    found, cursor = [], None
    while True:
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        if not (cursor := page.next_cursor):
            return found


def reason(error: BaseException) -> str:
    """The first error of a group of errors, in a line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
