"""How much a sandbox may take of the machine, and how its guard is started with that."""

from pathlib import Path

from pydantic import Field

from . import guard
from .base import Frozen

PACKAGE = Path(guard.__file__).parent


class Quota(Frozen):
    """The limits of one sandbox. Hitting one ends the command, and is named in what it comes back as."""

    memory_mb: int = Field(default=2048, ge=64, description="memory of all its processes together")
    processes: int = Field(default=512, ge=16, description="processes and threads")
    cpus: int = Field(default=2, ge=0, description="processors; 0: all")
    disk_mb: int = Field(default=4096, ge=1, description="disk that a command may fill")
    file_mb: int = Field(default=1024, ge=1, description="size of one file")
    scratch_mb: int = Field(default=256, ge=16, description="size of /tmp, and of /dev/shm")
    open_files: int = Field(default=4096, ge=64)


def starting(folder: str, *arguments: str) -> list[str]:
    """What a Python has to be given to be the guard, whose package lies at `folder`."""
    where = folder.rpartition("/")[0]
    # -c, since a script could not import what lies beside it: -I keeps its folder from the path.
    code = f"import sys; sys.path.append({where!r}); from guard.main import main; main()"
    return ["-I", "-S", "-c", code, *arguments]
