"""JUnit and TestNG below Maven (surefire, failsafe) and Gradle, by the XML that they write anyway."""

import re
import shlex
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from ..report import ERROR, Failure, Frame
from . import frames, junit
from .runner import Found, Place, Runner


def read(data: bytes, place: Place) -> Found:
    return junit.read(data, identity, lambda test, node, said: failure(test, node, said, place))


def identity(case: Element) -> str:
    """package.Class::method[parameters]; what could not be set up goes by its class."""
    name, classname = case.get("name", "").removesuffix("()"), case.get("classname", "")
    return f"{classname}::{name}" if name and name != classname else classname


def failure(test: str, node: Element, said: str, place: Place) -> Failure:
    trace = node.text or ""
    message = re.split(r"^[ \t]+at ", trace, maxsplit=1, flags=re.MULTILINE)[0].strip() or node.get(
        "message", ""
    )
    causes = re.findall(r"^Caused by: (.+)$", trace, re.MULTILINE)
    message = "\n".join([message, *(f"caused by {cause}" for cause in causes)])
    return Failure(
        test=test,
        message=message,
        frames=frames.own(frames.java(trace), place.root),
        output=said.strip(),
    )


def understand(text: str, place: Place) -> Found | None:
    """What the compiler says: then there are no reports."""
    pattern = r"^(?:\[ERROR\] |:\w+)?(/\S+\.(?:java|kt|scala|groovy)):\[?(\d+)(?:,\d+\])?:? (?:error: )?(.+)$"
    errors = [*dict.fromkeys(re.findall(pattern, text, re.MULTILINE))]  # Maven says them twice
    if not errors:
        return None
    where = frames.own(
        (Frame(path=path, line=int(line), function="") for path, line, _ in errors), place.root
    )
    message = "\n".join(f"{path}:{line}: {said}" for path, line, said in errors)
    message = message.replace(place.root.rstrip("/") + "/", "")
    found = Found(partial=True)
    found.add("compilation", ERROR, Failure(test="compilation", message=message, frames=where[:5]))
    return found


def maven(tests: Sequence[str]) -> str:
    """surefire's own pattern; of a test with parameters all run."""
    chosen = dict.fromkeys(re.sub(r"\[.*", "*", test.replace("::", "#"), flags=re.DOTALL) for test in tests)
    return f"-Dtest={shlex.quote(','.join(chosen))} -Dsurefire.failIfNoSpecifiedTests=false -DfailIfNoTests=false"


def gradle(tests: Sequence[str]) -> str:
    chosen = dict.fromkeys(test.replace("::", ".").partition("[")[0] for test in tests)
    return " ".join(f"--tests {shlex.quote(name)}" for name in chosen)


MAVEN = Runner(
    name="Maven",
    starts=r"(^|[\s/])mvnw?d?(\.sh)?\s",
    asked="-B -fae -DtrimStackTrace=false",
    read=read,
    text=understand,
    select=maven,
    anyway="*/target/*-reports/TEST-*.xml",
)
GRADLE = Runner(
    name="Gradle",
    starts=r"(^|[\s/])gradlew?(\s|$)",
    asked="--continue",
    read=read,
    text=understand,
    select=gradle,
    anyway="*/build/test-results/*/TEST-*.xml",
)
