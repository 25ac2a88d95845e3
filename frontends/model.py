"""`patchwright model`: the embedded model's weights; what a model can do, and how well it did; a script over HTTP."""

import argparse
import json
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..agent import config, run
from ..agent.models.acquaint import Acquaintance, acquaintance
from ..agent.models.answers import Answers
from ..agent.models.base import ModelError, TooSmall
from ..agent.models.patient import Patient
from ..agent.tally import Tally, tallied
from ..agent.task import TaskError
from .ending import MODEL, OK, say


def model(options: argparse.Namespace) -> int:
    """Do one thing with a model."""
    return {"pull": pull, "check": check, "serve": serve}[options.action](options)


def pull(options: argparse.Namespace) -> int:
    """Get the weights, or check those that are there."""
    from ..agent.models import weights

    print(weights.ensure(None, say))
    return OK


def serve(options: argparse.Namespace) -> int:
    """Play a script until Ctrl-C. Its URL is printed."""
    from ..agent.models.scripted import read
    from ..agent.models.stage import Stage

    try:
        stage = Stage(read(Path(options.script)), options.port)
    except OSError as e:
        raise TaskError(f"port {options.port} cannot be listened at: {e.strerror}.") from e
    with stage:
        say("plays the script; Ctrl-C ends it. Try it with one of:")
        say(f"patchwright solve ISSUE --model openai/scripted --base-url {stage.url}/v1")
        say(
            f"ANTHROPIC_API_KEY=none ANTHROPIC_API_BASE={stage.url} patchwright solve ISSUE --model anthropic/scripted"
        )
        print(stage.url, flush=True)
        threading.Event().wait()
    return OK


def check(options: argparse.Namespace) -> int:
    """Ask a model what it can do, and print that with its profile and what its runs tell."""
    given = {"model": options.model, "base_url": options.base_url, "protocol": options.protocol}
    if options.model.startswith(("local", "scripted:", "recorded:")):
        raise TaskError(f"{options.model} is spoken to as it was made for: there is nothing to ask it.")
    settings = config.load(Path(os.devnull), os.environ, given)
    found = acquaintance(settings.model, settings.base_url, os.environ, settings.profile, say)
    say(f"asking {found.name} what it can do")
    answers, problem = None, ""
    try:
        answers = found.ask(lambda made: Patient(made, waits=(1.0,), deadline=60), threading.Event())
    except TooSmall as e:
        problem = str(e)
    except ModelError as e:
        problem = f"{e} What is known without its word:"
    if problem:
        say(problem)
    counts = tallied((log for folder in run.runs() for log in run.logs(folder)), found.name)
    print(as_json(found, answers, counts) if options.json else "\n".join(lines(found, answers, counts)))
    return MODEL if problem else OK


def as_json(found: Acquaintance, answers: Answers | None, counts: Tally) -> str:
    known = found.known
    about = {
        "model": found.name,
        "place": found.place,
        "profile": known.profile.model_dump(mode="json"),
        "sources": dict(known.sources),
        "answers": answers.model_dump(mode="json") if answers else None,
        "runs": counts.model_dump(mode="json"),
    }
    return json.dumps(about, ensure_ascii=False, indent=1)


def lines(found: Acquaintance, answers: Answers | None, counts: Tally) -> Iterator[str]:
    known = found.known
    yield f"{found.name}{f' at {found.place}' if found.place else ''}"
    yield "profile"
    for key, value in known.profile.model_dump(exclude={"tools"}).items():
        yield f"  {key:12} {value!s:10} {known.sources.get(key, 'default')}"
    if answers:
        yield "asked"
        yield from (f"  {line}" for line in said(answers))
    yield f"runs: {counts.attempts} attempts, {counts.answers} answers, {counts.prose} of them without a call"
    for name, values in (
        ("calls", counts.calls),
        ("wrong calls", counts.wrong),
        ("edits made", counts.landed),
        ("edits refused", counts.refused),
    ):
        yield f"  {name:14} {listed(values)}"


def said(answers: Answers) -> Iterator[str]:
    yield f"the endpoint {'takes' if answers.tools else 'does not take'} tools"
    yield f"it called the tool: {answers.form}" if answers.form else "it called no tool"
    if answers.form:
        yield f"the system's message {'is' if answers.system else 'is not'} heeded"
    if answers.context:
        yield f"context of {answers.context} tokens, says {answers.says}"
    elif answers.usage.prompt:
        yield f"a word at the beginning {'was' if answers.recalls else 'was not'} found again"
    yield f"this took {answers.usage.prompt} + {answers.usage.completion} tokens"


def listed(values: Mapping[str, int]) -> str:
    return (
        ", ".join(f"{count} {name}" for name, count in sorted(values.items(), key=lambda i: -i[1])) or "none"
    )
