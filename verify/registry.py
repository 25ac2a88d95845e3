"""Whether a package registry has a package, by the simple index that pip uses and npm's registry, as set up here."""

import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from .dependencies import Dependency
from .lookalike import normal

SECONDS = 5.0


class Registry:
    """The registries of this machine. One that does not answer is not asked again."""

    def __init__(self) -> None:
        self.silent: set[str] = set()

    def exists(self, one: Dependency) -> bool | None:
        """None where the registry does not say."""
        if one.registry in self.silent:
            return None
        name = normal(one.name) + "/" if one.registry == "pypi" else urllib.parse.quote(one.name, safe="@")
        request = urllib.request.Request(f"{index(one.registry)}/{name}", method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=SECONDS):
                return True
        except urllib.error.HTTPError as e:
            return False if e.code == 404 else None
        except (OSError, ValueError):
            self.silent.add(one.registry)
            return None


def index(registry: str) -> str:
    """The address of a registry, without a slash at its end."""
    if registry == "npm":
        told = os.environ.get("NPM_CONFIG_REGISTRY") or setting(["npm", "config", "get", "registry"])
        return (told if told.startswith("http") else "https://registry.npmjs.org").rstrip("/")
    told = (
        os.environ.get("PIP_INDEX_URL")
        or setting(["pip", "config", "get", "global.index-url"])
        or os.environ.get("UV_DEFAULT_INDEX", "")
    )
    return (told or "https://pypi.org/simple").rstrip("/")


def setting(argv: list[str]) -> str:
    """What a package client says that it is set to; empty where there is none."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
