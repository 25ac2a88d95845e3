"""An image made ready once: built or pulled, with the project's dependencies in it, and kept by its content.

What comes from the repository runs only in a container, as root there, with the network on, a few capabilities and
none of the user's variables, files or credentials.
"""

import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import owner
from .base import Frozen, SandboxDied, SandboxUnavailable
from .docker import DockerException, brief, build, connect, fetch, ignored
from .images import FOLDER, Wanted, choose, sources
from .kept import Kept, context
from .languages import Step, deciding, dependencies
from .readable import readable
from .vessel import Vessel

NAME, BUILT, LABEL = "patchwright-prepared", "patchwright-built", "patchwright.prepared"
SECONDS = 1_800
"""The most that one command may take."""
MEMORY = "4096m"
CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETGID", "SETUID"]
"""What package managers need of root."""
TOOLS = Step(
    run="if command -v apt-get; then apt-get update && apt-get install -y --no-install-recommends python3 git; "
    "elif command -v apk; then apk add --no-cache python3 git; "
    "elif command -v dnf; then dnf install -y python3 git; "
    "elif command -v microdnf; then microdnf install -y python3 git; fi",
    unless="command -v python3 && command -v git",
)
VARIABLES = {
    "DEBIAN_FRONTEND": "noninteractive",
    "PIP_BREAK_SYSTEM_PACKAGES": "1",
    "CI": "1",
    "HOME": "/root",
    # There is no .git to take a version from.
    "SETUPTOOLS_SCM_PRETEND_VERSION": "0.0.0",
}
CHANGES = ["ENTRYPOINT []", 'CMD ["sh"]', f'LABEL {owner.LABEL}=""', "ENV CARGO_NET_OFFLINE=true"]

Tell = Callable[[str], None]


class Prepared(Frozen):
    """An image that can be used, and why this one."""

    image: str
    why: str


def prepared(files: Kept, locks: Path, tell: Tell, network: str = "bridge") -> Prepared:
    """The image for a base, made where it is not there yet. Raises SandboxUnavailable."""
    wanted = choose(files)
    for note in wanted.notes:
        tell(note)
    steps = (TOOLS, *(Step(run=line) for line in wanted.commands), *dependencies(files))
    client = connect(seconds=SECONDS)
    try:
        start = wanted.image and fetch(client, wanted.image, tell)
        image = f"{NAME}:{digest(wanted, files, steps, start)}"
        with alone(locks / f"{image.replace(':', '-')}.lock"):
            if not client.images.list(image):
                tell(f"preparing an image from {wanted.why}, once for these files")
                bare = image.replace(NAME, BUILT)
                start = start or built(client, wanted, files, bare, tell, network)
                try:
                    make(client, start, image, files, steps, tell, network)
                finally:
                    with suppress(DockerException):
                        client.images.remove(bare, noprune=True)  # only its name
    except (DockerException, OSError) as e:
        raise SandboxUnavailable(f"no image could be prepared from {wanted.why}: {brief(e)}") from e
    finally:
        client.close()
    named = f"{wanted.image}, from {wanted.why}" if wanted.image else wanted.why
    return Prepared(image=image, why=f"{image} is made of {named}")


def digest(wanted: Wanted, files: Kept, steps: tuple[Step, ...], start: str) -> str:
    """What the image depends on, as its tag."""
    words = " ".join(step.run for step in steps).split()
    relevant = {
        *deciding(files),
        *(name for name in files.names if name in words or name.startswith(".devcontainer/")),
    }
    parts = [start, sources(wanted, files), [[name, files.names[name]] for name in sorted(relevant)]]
    given = json.dumps([*parts, [step.model_dump() for step in steps], VARIABLES, CHANGES])
    return hashlib.sha256(given.encode()).hexdigest()[:24]


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process prepares the same image. The lock dies with its holder."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def built(client: Any, wanted: Wanted, files: Kept, name: str, tell: Tell, network: str) -> str:
    """Build the Dockerfile from the base's files; the image's id."""
    with TemporaryDirectory() as folder:
        whole, tar = Path(folder) / "files.tar", Path(folder) / "context.tar"
        files.archive(whole, wanted.context)
        rules = f"{wanted.context}/.dockerignore".lstrip("/")
        skip = ignored(files.read(rules) if rules in files.names else "")
        context(whole, tar, skip, files.read(wanted.dockerfile))
        return build(client, tar, wanted, name, tell, network)


def make(
    client: Any, start: str, image: str, files: Kept, steps: tuple[Step, ...], tell: Tell, network: str
) -> None:
    """Take the steps in a container of the image, and keep what they made of it under a name."""
    with vessel(client, start, "none") as bare:
        todo = [step for step in steps if not (step.unless and holds(bare, step.unless))]
    if not todo:
        client.images.get(start).tag(*image.split(":"))
    else:
        with vessel(client, start, network) as worker, TemporaryDirectory() as folder:
            tar = Path(folder) / "files.tar"
            files.archive(tar, prefix=f"{FOLDER.strip('/')}/")
            worker.put(tar)
            for step in todo:
                if not (step.unless and holds(worker, step.unless)):
                    carry_out(worker, step.run, tell, spare=step == TOOLS)
            # The working copy is laid over this folder later.
            carry_out(worker, f"cd / && rm -rf {FOLDER}/..?* {FOLDER}/.[!.]* {FOLDER}/*", lambda _: None)
            changes = [*CHANGES, f'LABEL {LABEL}="{int(time.time())}"']
            worker.container.commit(*image.split(":"), changes=changes)
    tell(f"{image} is ready")


def holds(worker: Vessel, condition: str) -> bool:
    deadline = time.monotonic() + 60
    return worker.run(["sh", "-c", condition], lambda _: None, deadline=deadline) == 0


@contextmanager
def vessel(client: Any, image: str, network: str) -> Iterator[Vessel]:
    worker = Vessel(
        client,
        image,
        {
            "stdin_open": True,
            "auto_remove": True,
            "labels": {owner.LABEL: owner.mark()},
            "network_mode": network,
            "cap_drop": ["ALL"],
            "cap_add": CAPABILITIES,
            "security_opt": ["no-new-privileges"],
            "pids_limit": 4096,
            "mem_limit": MEMORY,
            "user": "0:0",
            "working_dir": FOLDER,
        },
    )
    try:
        yield worker
    finally:
        worker.close()


def carry_out(worker: Vessel, command: str, tell: Tell, spare: bool = False) -> None:
    """One command line inside. Raises SandboxUnavailable with the end of what it printed, unless it can be spared."""
    tell(f"$ {command}")
    kept = bytearray()

    def hear(data: bytes) -> None:
        kept.extend(data)
        del kept[:-4_000]

    how = {"user": "0:0", "environment": VARIABLES, "workdir": FOLDER}
    try:
        code = worker.run(["sh", "-c", command], hear, deadline=time.monotonic() + SECONDS, **how)
    except SandboxDied as e:
        raise SandboxUnavailable(f"preparing an image failed in `{command}`: {e}.") from e
    if code and spare:
        tell("the image's package manager gave no python3 and git")
    elif code != 0:
        how_it_ended = f"exit code {code}" if code else f"no end after {SECONDS} s"
        said = last_lines(kept.decode("utf-8", "replace"))
        raise SandboxUnavailable(f"preparing an image failed in `{command}` ({how_it_ended}):\n{said}")


def last_lines(text: str, most: int = 12) -> str:
    return "\n".join(f"  {line}" for line in readable(text.encode()).strip().splitlines()[-most:])
