"""The embedded model as a process: llama.cpp's own OpenAI-compatible server on a free loopback port."""

import argparse
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

KEY = "PATCHWRIGHT_LOCAL_KEY"
"""The variable that holds the key without which nobody is answered: a browser's pages reach loopback too."""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--parallel", type=int, default=4, help="answers generated at the same time")
    parser.add_argument("--context", type=int, default=20_480, help="tokens of context for all of them")
    return parser.parse_args()


def load(weights: Path, parallel: int, context: int, key: str) -> Any:
    # OpenMP's threads spin while they wait: beside one busy process 1.6 tokens a second by default and 3.3 like this,
    # on idle cores 11.9 either way
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    import xllamacpp

    runtime: Any = xllamacpp
    params = runtime.CommonParams()
    params.model.path = str(weights)
    params.n_parallel = parallel
    params.n_ctx = context
    params.kv_unified = True  # answers to one prompt share its part of the context
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.api_keys = [key]
    params.cors_origins = ""
    params.warmup = False
    params.cache_ram_mib = 1024
    return runtime.Server(params)


def free_stdout() -> int:
    """Keep the real stdout for the one line of ours; what C++ prints goes to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return kept


def die_with_parent() -> None:
    """Leave at once when stdin ends, also in the middle of loading."""
    while os.read(0, 4096):
        pass
    os._exit(0)


def main() -> None:
    chosen = options()
    out = free_stdout()
    threading.Thread(target=die_with_parent, daemon=True).start()
    server = load(chosen.weights, chosen.parallel, chosen.context, os.environ[KEY])
    os.write(out, (json.dumps({"url": f"{server.listening_address}/v1"}) + "\n").encode())
    threading.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
