"""Settings: the user's file, the repository's, the environment, the command line, each outranking the one before."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path
from pydantic import Field, TypeAdapter, ValidationError, field_validator

from ..sandbox.allow import parse_allow
from ..sandbox.base import Frozen
from ..sandbox.quota import Quota
from ..tools.mcp import Server
from .models.profiles import SETTINGS
from .task import Limits, TaskError

PREFIX = "PATCHWRIGHT_"
MOST_BYTES = 1_000_000
NOT_SETTINGS = frozenset({"CI"})
"""PATCHWRIGHT_* variables that are for the project's own tests."""
TRUSTED_ONLY = frozenset(
    {
        "sandbox",
        "network",
        "env_files",
        "base_url",
        "model",
        "memory_mb",
        "disk_mb",
        "processes",
        "cpus",
        "mcp",
    }
    | {"effort", "fallbacks", "others", "protocol", "edits", "window", "answer", "observation"}
    | {"tokens", "dollars", "dollars_a_day", "requests_a_minute", "tokens_a_minute"}
)
"""What a repository may not choose for the one who runs patchwright on it."""


class Config(Frozen):
    """What a run can be set to."""

    model: str = Field("", description="a model's name; empty: what the environment offers")
    base_url: str = Field("", description="an endpoint that speaks OpenAI's chat completions")
    fallbacks: tuple[str, ...] = Field((), description="models to go on with where one gives no answer")
    effort: Literal["", "low", "medium", "high"] = Field("", description="how much a model is to think")
    protocol: Literal["", "native", "json", "xml", "fenced"] = Field(
        "", description="how the model calls tools; empty: as its family does, or as it did when asked"
    )
    edits: Literal["", "edit", "patch", "write"] = Field(
        "", description="how the model writes edits; empty: as its family does"
    )
    window: int = Field(0, ge=0, description="most tokens of a request; 0: what suits the model")
    answer: int = Field(0, ge=0, description="most tokens of an answer; 0: what suits the model")
    observation: int = Field(
        0, ge=0, description="most characters of what comes of a call; 0: what suits the model"
    )
    sandbox: Literal["auto", "docker", "bubblewrap", "host"] = "auto"
    image: str = Field("", description="the image that docker runs; auto: what the files ask for")
    network: str = Field("", description="HOST[:PORT],… that commands may connect to; empty: no network")
    env_files: bool = Field(False, description="give files of secrets, such as .env, to the sandbox")
    memory_mb: int = Field(2048, ge=64, description="memory of all that runs in a sandbox")
    disk_mb: int = Field(4096, ge=1, description="disk that a command may fill")
    processes: int = Field(512, ge=16, description="processes and threads in a sandbox")
    cpus: int = Field(2, ge=0, description="processors that a sandbox may use; 0: all")
    history: int = Field(0, ge=0, description="commits before the base that the model's git shows")
    test: str = Field("", description="the test command; empty: what the project's files suggest")
    candidates: int | None = Field(
        None, ge=1, le=10_000, description="most attempts; None: one, or twelve with the embedded model"
    )
    at_once: int = Field(0, ge=0, description="attempts at the same time; 0: one a processor, four at most")
    others: tuple[str, ...] = Field((), description="further models: attempts take turns between them")
    tools: tuple[str, ...] = Field((), description="Python files of the repository whose functions are tools")
    steps: int | None = Field(None, ge=0, description="None: 60, or 3 with the embedded model")
    tokens: int = Field(0, ge=0, description="most tokens of a run, all its attempts together")
    dollars: float = Field(0.0, ge=0, description="most dollars of a run, all its attempts together")
    dollars_a_day: float = Field(0.0, ge=0, description="most dollars of a day, all runs together")
    requests_a_minute: int = Field(0, ge=0, description="most requests to the model in any minute")
    tokens_a_minute: int = Field(0, ge=0, description="most tokens in any minute")
    seconds: float = Field(0.0, ge=0, description="most seconds of a run, all its attempts together")

    @field_validator("network")
    @classmethod
    def _is_a_list_of_hosts(cls, text: str) -> str:
        parse_allow(text)
        return text

    @field_validator("tools", "fallbacks", "others", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(filter(None, value.split(","))) if isinstance(value, str) else value

    @property
    def embedded(self) -> bool:
        """Whether the model is ours: small and slow, so better asked often than long."""
        return self.model.split("/")[0] == "local"

    @property
    def profile(self) -> dict[str, Any]:
        """The fields of the model's profile that are set."""
        return {key: value for key in SETTINGS if (value := getattr(self, key))}

    @property
    def attempts(self) -> int:
        return self.candidates or (12 if self.embedded else 1 + len(self.others))

    @property
    def parallel(self) -> int:
        return self.at_once or min(4, os.cpu_count() or 1)

    @property
    def quota(self) -> Quota:
        return Quota(memory_mb=self.memory_mb, disk_mb=self.disk_mb, processes=self.processes, cpus=self.cpus)

    @property
    def limits(self) -> Limits:
        steps = (3 if self.embedded else 60) if self.steps is None else self.steps
        return Limits(steps=steps)


def load(repo: Path, env: Mapping[str, str] = os.environ, flags: Mapping[str, Any] | None = None) -> Config:
    """The settings for a repository. Raises TaskError that names an unknown or unfit setting and where it stands."""
    merged: dict[str, Any] = {}
    for where, values in sources(repo, env, flags or {}):
        merged |= checked(where, values)
    return Config(**merged)


def sources(repo: Path, env: Mapping[str, str], flags: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [
        (
            f"{repo / 'pyproject.toml'} [tool.patchwright]",
            table(repo / "pyproject.toml", "tool", "patchwright"),
        ),
        (str(repo / "patchwright.toml"), table(repo / "patchwright.toml")),
    ]
    for where, values in found:
        if taken := sorted(TRUSTED_ONLY & values.keys()):
            raise TaskError(
                f"{where}: {', '.join(taken)} cannot be set by a repository: put it into {own_file()}."
            )
    own = {k.removeprefix(PREFIX).lower(): v for k, v in env.items() if k.startswith(PREFIX)}
    own = {k: v for k, v in own.items() if k.upper() not in NOT_SETTINGS}
    own_table = {k: v for k, v in table(own_file()).items() if k != "mcp"}
    return [
        (str(own_file()), own_table),
        *found,
        ("the environment", own),
        ("the command line", {k: v for k, v in flags.items() if v is not None}),
    ]


def own_file() -> Path:
    """The user's own settings. A repository's go before them, but for those that no repository may set."""
    return user_config_path("patchwright") / "patchwright.toml"


def servers() -> dict[str, Server]:
    """The user's MCP servers, by name. Raises TaskError."""
    found = table(own_file()).get("mcp", {})
    try:
        return TypeAdapter(dict[str, Server]).validate_python(found)
    except ValidationError as e:
        first = e.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        raise TaskError(f"{own_file()}: mcp.{'.'.join(map(str, first['loc']))}: {reason}.") from e


def table(path: Path, *keys: str) -> dict[str, Any]:
    # A pipe or a device would never end.
    if not path.is_file() or path.parent.resolve() not in path.resolve().parents:
        return {}
    if path.stat().st_size > MOST_BYTES:
        raise TaskError(f"{path} has more than {MOST_BYTES} bytes: that is no file of settings.")
    import tomllib

    try:
        values: Any = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise TaskError(f"{path} is no valid TOML: {e}") from e
    for key in keys:
        values = values.get(key, {}) if isinstance(values, dict) else {}
    return values if isinstance(values, dict) else {}


def checked(where: str, values: dict[str, Any]) -> dict[str, Any]:
    for name in values.keys() - Config.model_fields.keys():
        near = difflib.get_close_matches(name, Config.model_fields, 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(Config.model_fields)}."
        raise TaskError(f"{where}: there is no setting {name!r}.{hint}")
    try:
        Config(**values)
    except ValidationError as e:
        first = e.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        raise TaskError(f"{where}: {'.'.join(map(str, first['loc']))}: {reason}.") from e
    return values
