"""The command line: parse, then hand over to the file that does the command. Nothing heavy is imported here."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

EXITS = """exit codes: 0 a verified patch, or success; 1 no verified patch; 2 the input; 3 the model or its provider;
4 the sandbox or the machine; 5 a limit was reached; 70 a bug of patchwright; 130 interrupted"""


def main(argv: Sequence[str] | None = None) -> int:
    """The console script. Returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    top = parser(words)
    options = top.parse_args(words)
    if not options.command:
        top.print_help()
        return 2
    # Imports make a great many objects that stay, and looking through them for garbage is a twentieth of the start.
    gc.set_threshold(50_000)
    # pydantic reads the metadata of every installed package to look for plugins: a tenth of the start.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A folder named relatively would be one of the repository that we are started in, with its own git and bwrap.
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join(place for place in places if place.startswith("/"))
    from .ending import run_command

    module = f"{__package__}.{COMMANDS[options.command].module}"
    return run_command(lambda: getattr(import_module(module), options.command)(options))


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Understands `words`: only a command that is among them is filled with its flags, which takes time."""
    top = argparse.ArgumentParser(
        prog="patchwright",
        description="Edits a repository until its tests pass, and says what it verified.",
        epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=version())
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        added = commands.add_parser(name, help=command.help, epilog=EXITS if command.exits else None)
        if name in words:
            command.fill(added)
    return top


def solve(command: argparse.ArgumentParser) -> None:
    command.add_argument("issue", help="the issue: a file, - for standard input, or its text")
    repository(command)
    model(command)
    command.add_argument(
        "--reproduce",
        action="store_true",
        help="first have a test written from the issue, which has to fail now and pass with the patch",
    )
    command.add_argument(
        "--history", type=int, metavar="N", help="commits before the base that the model's git shows (0)"
    )
    command.add_argument(
        "--candidates",
        type=int,
        metavar="N",
        help="make up to N attempts, until verified ones agree; hand over the best (1, the embedded model 12)",
    )
    command.add_argument(
        "--at-once", type=int, metavar="N", help="attempts at the same time (one a processor, four at most)"
    )
    command.add_argument(
        "--steps",
        type=int,
        metavar="N",
        help="most answers of the model an attempt (60, the embedded model 3; 0: no limit)",
    )
    command.add_argument("--tokens", type=int, metavar="N", help="most tokens, all attempts together")
    command.add_argument("--dollars", type=float, metavar="X", help="most dollars, all attempts together")
    command.add_argument("--seconds", type=float, metavar="S", help="most seconds, all attempts together")
    delivery(command)


def evolve(command: argparse.ArgumentParser) -> None:
    command.add_argument("issue", help="what is wanted: a file, - for standard input, or its text")
    command.add_argument(
        "--maximise",
        required=True,
        metavar="CMD",
        help="prints the number that is to become large, on the last line with one; run in the sandbox",
    )
    command.add_argument(
        "--evolve",
        default="",
        metavar="PATH::NAME",
        help="the function, class or CLASS.METHOD to rewrite (the one below `# patchwright: evolve`)",
    )
    place(command)
    model(command)
    command.add_argument(
        "--candidates", type=int, metavar="N", help="versions to ask for (100; with another limit, any)"
    )
    command.add_argument(
        "--islands", type=int, default=4, metavar="N", help="populations that evolve apart (4)"
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="of what is drawn by lot (0)")
    command.add_argument("--tokens", type=int, metavar="N", help="most tokens")
    command.add_argument("--dollars", type=float, metavar="X", help="most dollars")
    command.add_argument("--seconds", type=float, metavar="S", help="most seconds of asking and scoring")
    delivery(command)


def resume(command: argparse.ArgumentParser) -> None:
    command.add_argument("run", nargs="?", default="", help="its id, or a part of it (the newest)")
    delivery(command)


def verify(command: argparse.ArgumentParser) -> None:
    command.add_argument("patch", nargs="?", default="", help="a file, or - for standard input")
    repository(command)
    command.add_argument(
        "--worktree", metavar="DIR", help="judge what is uncommitted in DIR, against its HEAD"
    )
    command.add_argument(
        "--receipt", metavar="FILE", help="judge again what a receipt tells of, and say what is different"
    )
    command.add_argument(
        "--known-failing",
        action="append",
        default=[],
        metavar="TEST",
        help="a test that fails for reasons which the patch does not answer for",
    )
    command.add_argument(
        "--policy",
        choices=["strict", "default", "report"],
        default="default",
        help="findings that block: errors and warnings, errors (default), none",
    )
    command.add_argument(
        "--quick", action="store_true", help="without what runs the tests many times: speed and mutants"
    )
    command.add_argument(
        "--reproduction",
        metavar="FILE",
        help="a test written for the issue: it has to fail on the base and pass on the patch",
    )
    command.add_argument("--sarif", metavar="FILE", help="write the findings there as SARIF 2.1.0")
    command.add_argument("--workload", default="", metavar="CMD", help="a command whose time matters")
    command.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="CMD",
        help="a further check: a command that prints SARIF, run in the sandbox",
    )
    command.add_argument(
        "--online", action="store_true", help="ask the registries whether new dependencies exist"
    )
    command.add_argument("--json", action="store_true", help="print the verdict as one JSON object")


def doctor(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repo", metavar="DIR", help="run this repository's tests as a run would")
    command.add_argument(
        "--base", default="", metavar="REF", help="from this commit (the checkout as it stands)"
    )
    command.add_argument("--test", metavar="CMD", help="the test command (from the project's files)")
    isolation(command)


def sessions(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="one JSON object a line")


def replay(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "run", nargs="?", default="", help="a log file, a run's id or a part of it (the newest)"
    )
    command.add_argument("--whole", action="store_true", help="with long outputs whole, not as shown then")


def watch(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "run", nargs="?", default="", help="a run's id or a part of it, or a log (the newest run)"
    )


def tools(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repo", default=".", metavar="DIR", help="the repository (the current folder)")
    command.add_argument("--allow", action="store_true", help="allow the tools that the repository brings")


def candidates(command: argparse.ArgumentParser) -> None:
    command.add_argument("run", nargs="?", default="", help="its id, or a part of it (the newest)")
    command.add_argument(
        "--beside", nargs=2, type=int, metavar="N", help="show the patches of two attempts side by side"
    )
    command.add_argument("--json", action="store_true", help="print them and the decision as JSON")


def models(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("pull", help="get the embedded model's weights, 1.1 GB, and check them")
    serve = actions.add_parser("serve", help="play a script over HTTP, as OpenAI's and Anthropic's API do")
    serve.add_argument("script", metavar="FILE", help="what to answer: the file that scripted:FILE takes")
    serve.add_argument("--port", type=int, default=0, metavar="N", help="on loopback (a free one)")
    check = actions.add_parser("check", help="ask a model what it can do; its profile, and how its runs went")
    check.add_argument("model", metavar="NAME", help="as solve's --model takes it")
    endpoint(check)
    check.add_argument("--json", action="store_true", help="print it as JSON")


def sandbox(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    run = actions.add_parser("exec", help="run a command; its exit code, or 124 at the time limit")
    patch = actions.add_parser("patch", help="print what the folder changes against HEAD")
    read = actions.add_parser("read", help="print a file, or list a folder")
    write = actions.add_parser("write", help="replace a file by what comes on standard input")
    actions.add_parser("gc", help="remove what killed runs left behind")
    for action in (run, patch, read, write):
        action.add_argument("--repo", default=".", metavar="DIR", help="the folder (the current one)")
        isolation(action)
    for action in (read, write):
        action.add_argument("path", metavar="PATH", help="in DIR")
    run.add_argument("--timeout", type=float, default=300, metavar="S", help="most seconds (300)")
    run.add_argument(
        "cmd", nargs="+", metavar="CMD", help="after --; a single word is a shell's command line"
    )


def place(command: argparse.ArgumentParser) -> None:
    """What names the repository, its test command and the sandbox."""
    command.add_argument("--repo", default=".", metavar="DIR", help="the repository (the current folder)")
    command.add_argument(
        "--base", default="", metavar="REF", help="start from this commit (the checkout as it stands)"
    )
    command.add_argument("--test", metavar="CMD", help="the test command (from the project's files)")
    isolation(command)


def repository(command: argparse.ArgumentParser) -> None:
    """What names the repository, its tests and the sandbox."""
    place(command)
    command.add_argument(
        "--failing",
        action="append",
        default=[],
        metavar="TEST",
        help="a test that has to pass (all that fail now)",
    )
    command.add_argument(
        "--allow-test-edits", action="store_true", help="accept changes to tests that are there"
    )


def isolation(command: argparse.ArgumentParser) -> None:
    """What names the sandbox."""
    command.add_argument(
        "--sandbox", choices=["auto", "docker", "bubblewrap", "host"], help="where commands run"
    )
    command.add_argument(
        "--image",
        metavar="IMAGE",
        help="the image that docker runs; auto: what the repository's files ask for",
    )
    command.add_argument("--memory-mb", type=int, metavar="N", help="memory of all that runs in it (2048)")
    command.add_argument(
        "--network",
        metavar="HOST[:PORT],…",
        help="hosts that commands may connect to (none; *.HOST: below it)",
    )
    command.add_argument(
        "--env-files",
        action="store_true",
        default=None,
        help="give files of secrets, such as .env and .netrc, to the sandbox",
    )


def model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        metavar="NAME",
        help="a litellm name, local, local/FILE.gguf, scripted:FILE or recorded:LOG",
    )
    command.add_argument(
        "--another",
        dest="others",
        action="append",
        metavar="NAME",
        help="attempts take turns between --model and this one; repeat it for more",
    )
    endpoint(command)


def endpoint(command: argparse.ArgumentParser) -> None:
    """Where a model is, and how it is spoken to."""
    command.add_argument(
        "--base-url", metavar="URL", help="an endpoint that speaks OpenAI's chat completions"
    )
    command.add_argument(
        "--fallback",
        dest="fallbacks",
        action="append",
        metavar="NAME",
        help="go on with this one where it refuses or cannot be reached; repeat it for more",
    )
    command.add_argument(
        "--effort", choices=["low", "medium", "high"], help="how much it is to think (as it likes)"
    )
    command.add_argument(
        "--protocol",
        choices=["native", "json", "xml", "fenced"],
        help="how the model calls tools: natively, or so in its text (as its family does, or did when asked)",
    )


def delivery(command: argparse.ArgumentParser) -> None:
    """Where the patch goes."""
    where = command.add_mutually_exclusive_group()
    where.add_argument("--apply", action="store_true", help="apply the verified patch to the checkout")
    where.add_argument(
        "--branch", metavar="NAME", help="make a branch with the verified patch; the checkout stays"
    )
    where.add_argument("-o", "--output", metavar="FILE", help="write the patch to a file (standard output)")
    command.add_argument("--json", action="store_true", help="print the events and the result as JSON lines")


class Command(NamedTuple):
    """A command: the file of this folder that does it by a function of its name, and what it takes."""

    module: str
    help: str
    fill: Callable[[argparse.ArgumentParser], None]
    exits: bool = False
    """Whether its help says what the exit codes mean."""


COMMANDS = {
    "solve": Command("solve", "from an issue to a verified patch", solve, True),
    "evolve": Command("evolve", "rewrite one definition until a number is as large as it gets", evolve, True),
    "resume": Command("carry", "go on with a run that was interrupted", resume),
    "verify": Command("check", "judge a patch, whoever wrote it", verify, True),
    "doctor": Command("doctor", "what works on this machine, and what to do about the rest", doctor),
    "sessions": Command("history", "list the runs", sessions),
    "candidates": Command("candidates", "what a run's attempts came to, and why one was chosen", candidates),
    "watch": Command(
        "watch", "a run on the screen, step by step, while it goes on or when it is over", watch
    ),
    "replay": Command("history", "show a run again, event by event", replay),
    "sandbox": Command("inside", "one command or file, in a folder, as the agent would have it", sandbox),
    "tools": Command("tools", "what the model may call, and who brought it", tools),
    "model": Command(
        "model", "what a model can do; the embedded one's weights; a scripted one over HTTP", models
    ),
}


def version() -> str:
    from .. import __version__

    return f"patchwright {__version__}"


def flags(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    """The settings that were given on the command line."""
    return {name: getattr(options, name, None) for name in names}
