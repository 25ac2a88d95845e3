import sys
from pathlib import Path
from textwrap import dedent

import pytest
from fakes import begun, good_model, patchwright, write_files
from patchwright.agent import config, extras
from patchwright.agent.attempt import Candidate, attempt
from patchwright.agent.config import own_file
from patchwright.agent.control import Control
from patchwright.agent.events import Event, Observed
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.run import Run, state
from patchwright.agent.task import TaskError
from patchwright.tools.base import Observation
from patchwright.tools.installed import points
from patchwright.tools.mcp import ServerError, connected
from patchwright.tools.script import scripts

GLOSSARY = '''
import os, stats

def lookup(word: str) -> str:
    """Look a word up in the glossary."""
    return f"{word}: {stats.median([1])} in {os.getcwd()}"

def fail() -> str:
    """Fail."""
    raise ValueError("no such word")

def odd() -> dict:
    """Give no text."""
    return {"a": 1}
'''
SERVER = '''
from mcp.server import MCPServer

server = MCPServer("weather")


@server.tool()
def forecast(city: str) -> str:
    """The weather of tomorrow."""
    if city == "Atlantis":
        raise ValueError("it is under water")
    return f"{city}: rain"


@server.tool()
def environment() -> str:
    """What is in the environment."""
    import os
    return ",".join(sorted(os.environ))


server.run()
'''


def tried(run: Run, *calls) -> tuple[Candidate, list[Observation], list[str]]:
    seen: list[Event] = []
    told: list[str] = []
    candidate = attempt(run, 1, Scripted(say(*calls), *good_model()), Control(), seen.append, told.append)
    found = [e.observation for e in seen if isinstance(e, Observed)]
    return candidate, found[: len(calls)], told


def test_a_repositorys_tools_run_in_the_sandbox(repo: Path, backend: tuple[str, str]) -> None:
    write_files(repo, {"glossary.py": GLOSSARY})
    with begun(repo, backend) as run:
        run.plan = run.plan.model_copy(update={"scripts": tuple(scripts(repo, ("glossary.py",)))})
        candidate, found, _ = tried(
            run,
            call("lookup", word="mean"),
            call("fail"),
            call("odd"),
            call("lookup", wrod="x"),
            call("lookup"),
            call("write", path="glossary.py", text="x = 1\n"),
            call("lookup", word="mode"),
        )
        assert [o.ok for o in found] == [True, False, True, False, False, True, True]
        assert found[0].text.startswith("mean: 1 in /")
        assert "fail failed (exit code 1)" in found[1].text
        assert "ValueError: no such word" in found[1].text
        assert found[2].text == '{"a": 1}'
        assert found[3].text == "lookup: there is no argument wrod; the arguments are word"
        assert found[4].text == "lookup: word is missing"
        assert found[6].text.startswith("mode: 1")
        assert candidate.verdict.verified


def test_a_repositorys_tools_are_offered_after_consent_only(repo: Path) -> None:
    write_files(repo, {"glossary.py": GLOSSARY, "patchwright.toml": 'tools = ["glossary.py"]\n'})
    done = patchwright(repo, "tools")
    assert "lookup        glossary.py of the repository, not allowed  Look a word up" in done.stdout
    assert "edit          patchwright" in done.stdout
    assert "allowed" in patchwright(repo, "tools", "--allow").stdout
    assert "glossary.py of the repository, allowed" in patchwright(repo, "tools").stdout
    assert extras.agreed(repo, scripts(repo, ("glossary.py",))[0])
    write_files(repo, {"glossary.py": GLOSSARY + "\n"})
    assert "not allowed" in patchwright(repo, "tools").stdout


def test_an_unfit_file_of_tools_is_the_users_input(repo: Path) -> None:
    write_files(repo, {"patchwright.toml": 'tools = ["none.py"]\n'})
    done = patchwright(repo, "tools")
    assert (done.returncode, done.stdout.count("none.py")) == (2, 0)
    assert "the repository's setting `tools`: none.py: there is no such file of tools" in done.stderr


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that brings tools, installed as pip would."""
    folder = tmp_path / "packages"
    write_files(
        folder,
        {
            "colours.py": dedent('''
                from patchwright.sandbox.workspace import Workspace
                from patchwright.tools.base import ToolError, tool

                @tool
                def colour(workspace: Workspace, name: str) -> str:
                    """The value of a colour."""
                    if name == "none":
                        raise ToolError("there is no such colour")
                    return {"red": "#f00"}[name] + workspace.root[:1]

                @tool
                def read(workspace: Workspace) -> str:
                    """Takes a name that is taken."""
                    return ""

                number = 5
            '''),
            "colours-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: colours\nVersion: 1\n",
            "colours-1.dist-info/entry_points.txt": "[patchwright.tools]\ncolour = colours:colour\nread = colours:read\n"
            "number = colours:number\nlost = nowhere:tool\n",
        },
    )
    monkeypatch.syspath_prepend(folder)
    return folder


def test_an_installed_packages_tools_are_offered(repo: Path, package: Path) -> None:
    with begun(repo) as run:
        candidate, found, told = tried(
            run, call("colour", name="red"), call("colour", name="blue"), call("colour", name="none")
        )
        assert [o.ok for o in found] == [True, False, False]
        assert found[0].text == "#f00/"
        assert found[1].text == "colour, from colours, failed: KeyError: 'blue'"
        assert found[2].text == "there is no such colour"
        assert candidate.verdict.verified
    said = "".join(told)
    assert "the tool lost (nowhere:tool) cannot be loaded: ModuleNotFoundError" in said
    assert "colours:number is no tool" in said
    assert "the tool read of colours is left out: its name is taken" in said


def test_entry_points_are_found_where_a_package_names_the_group(package: Path) -> None:
    assert ("colour", "colours:colour") in points()
    (package / "colours-1.dist-info/entry_points.txt").write_text(
        "[console_scripts]\ncolour = colours:main\n"
    )
    assert points() == []


def with_server(tmp_path: Path, more: str = 'allow = ["forecast"]') -> None:
    path = tmp_path / "server.py"
    path.write_text(SERVER)
    own_file().parent.mkdir(parents=True, exist_ok=True)
    own_file().write_text(f'[mcp.weather]\ncommand = ["{sys.executable}", "{path}"]\n{more}\n')


def test_a_servers_tools_are_those_that_the_user_allows(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", "secret")
    with_server(tmp_path)
    with begun(repo) as run:
        candidate, found, _ = tried(
            run,
            call("weather_forecast", city="Oslo"),
            call("weather_forecast", city="Atlantis"),
            call("weather_environment"),
        )
        assert (found[0].ok, found[0].text) == (True, "Oslo: rain")
        assert (found[1].ok, found[1].text.startswith("weather_forecast: Error executing")) == (False, True)
        assert found[2].text.startswith("there is no tool 'weather_environment'")
        assert candidate.verdict.verified
    listed = patchwright(repo, "tools").stdout
    assert "weather_forecast  the MCP server weather, allowed" in listed
    assert "weather_environment  the MCP server weather, not allowed" in listed


def test_a_server_gets_none_of_the_users_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "secret")
    with_server(tmp_path, 'env = { CITY = "Oslo" }')
    with connected(config.servers()) as found:
        tool = next(t for t in found if t.own_name == "environment")
        names = str(tool.call(None, {}))
    assert "CITY" in names
    assert "MY_API_KEY" not in names


def test_a_server_that_does_not_answer_is_named(repo: Path) -> None:
    own_file().parent.mkdir(parents=True, exist_ok=True)
    own_file().write_text('[mcp.lost]\ncommand = "false --now"\n')
    with pytest.raises(ServerError, match="the MCP server lost does not answer"), connected(config.servers()):
        raise AssertionError
    assert patchwright(repo, "tools").returncode == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[mcp.a]\n", "mcp.a: a server has either a command or a url"),
        ('[mcp.a]\ncommand = "x"\nalow = []\n', "mcp.a.alow: Extra inputs are not permitted"),
        ('mcp = "x"\n', "mcp.: Input should be a valid dictionary"),
    ],
)
def test_a_servers_settings_are_checked(text: str, said: str) -> None:
    own_file().parent.mkdir(parents=True, exist_ok=True)
    own_file().write_text(text)
    with pytest.raises(TaskError, match=said):
        config.servers()


def test_a_repository_cannot_name_servers(repo: Path) -> None:
    write_files(repo, {"patchwright.toml": '[mcp.evil]\ncommand = "touch /tmp/evil"\n'})
    with pytest.raises(TaskError, match=r"mcp cannot be set by a repository: put it into .*patchwright.toml"):
        config.load(repo)


def test_the_users_settings_go_before_no_repositorys(repo: Path) -> None:
    own_file().parent.mkdir(parents=True, exist_ok=True)
    own_file().write_text('sandbox = "docker"\nsteps = 7\ntest = "make check"\n')
    write_files(repo, {"patchwright.toml": "steps = 9\n"})
    found = config.load(repo, {"PATCHWRIGHT_TEST": "true"})
    assert (found.sandbox, found.steps, found.test) == ("docker", 9, "true")
    assert state() != own_file().parent
