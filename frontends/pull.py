"""`patchwright model`: the embedded model's weights, and a script over HTTP."""

import argparse
import threading
from pathlib import Path

from .ending import OK, say


def model(options: argparse.Namespace) -> int:
    return serve(Path(options.script), options.port) if options.action == "serve" else pull()


def pull() -> int:
    """Get the weights, or check those that are there."""
    from ..agent.models import weights

    print(weights.ensure(None, say))
    return OK


def serve(script: Path, port: int) -> int:
    """Play a script until Ctrl-C. Its URL is printed."""
    from ..agent.models.scripted import read
    from ..agent.models.stage import Stage
    from ..agent.task import TaskError

    try:
        stage = Stage(read(script), port)
    except OSError as e:
        raise TaskError(f"port {port} cannot be listened at: {e.strerror}.") from e
    with stage:
        say("plays the script; Ctrl-C ends it. Try it with one of:")
        say(f"patchwright solve ISSUE --model openai/scripted --base-url {stage.url}/v1")
        say(
            f"ANTHROPIC_API_KEY=none ANTHROPIC_API_BASE={stage.url} patchwright solve ISSUE --model anthropic/scripted"
        )
        print(stage.url, flush=True)
        threading.Event().wait()
    return OK
