"""Turn what docker, compose, builds and containers say when something fails into one line that names the cause."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from munbot_cli.containers.state import Container

__all__ = ["explain", "explain_container", "meaningful_line"]

_LONGEST = 300
_FULL_DISK = "no space is left on the disk: free some (docker image prune, docker builder prune), then start again"
_FULL = re.compile(r"no space left on device|ENOSPC|disk quota exceeded", re.IGNORECASE)
_TAKEN = re.compile(r"(?:Bind for|listen tcp[46]?|host port for) \S*?:(?P<port>\d+)\S* ?(?:failed|:|.*in use)")
_TAKEN_WORDS = ("port is already allocated", "address already in use")
_ABSENT = re.compile(
    r"manifest unknown|pull access denied|repository does not exist|manifest for \S+ not found"
    r"|: not found$|failed to resolve reference \S+: not found|invalid reference format",
    re.IGNORECASE,
)
_UNREACHABLE = re.compile(
    r"no such host|i/o timeout|connection refused|TLS handshake timeout|network is unreachable|Client\.Timeout|EOF$"
    r"|temporary failure in name resolution|server misbehaving|certificate",
    re.IGNORECASE,
)
_REGISTRY = re.compile(r"failed to do request|Get \"https?://|Head \"https?://|manifest|dial tcp", re.IGNORECASE)
_BUILD_BASE = re.compile(r"failed to solve: (?P<image>[^\s:/]\S*): failed to resolve source metadata")
_BUILD_ERROR = re.compile(r"^#(?P<step>\d+) ERROR: process ")
_BUILD_LINE = re.compile(r"^#(?P<step>\d+) (?:\[[^\]]+\] (?P<command>RUN .*)|[\d.]+ (?P<text>.*))")
_PLACE = re.compile(r"error decoding '(?P<path>[^']+)': (?P<message>.*)")
_QUOTED = re.compile(r"""['"](?P<single>[^'"]+)['"]|(?:hostPort|IP address|value): ?(?P<bare>\S+)""")
_NOISE = re.compile(
    r"^(Traceback |During handling|The above exception|For further information|\(Background on|[\s^~]*$|-{4,}$)"
)
_ALARM = re.compile(
    r"fatal|error|panic|emerg|crit|fail|denied|refused|cannot|can't|could not|unable|invalid|not found|no such|missing"
    r"|unknown",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(r"^(?:[A-Za-z_]\w*\.)*(?P<kind>[A-Z]\w*)(?:: (?P<message>.*))?$")
_PYDANTIC = re.compile(r"^\d+ validation errors? for \w+")
_PYDANTIC_END = re.compile(r"\s*\[type=\w+(?:, input_value=(?P<value>.*?))?(?:, input_type=\w+)?\]\s*$")


def explain(output: str, chosen: Mapping[str, str]) -> str:
    """Give the one line behind the output of docker, compose or a build that failed.

    Args:
        output: both streams.
        chosen: the settings that somebody chose and that the compose file uses, for naming the one at fault.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if _FULL.search(output):
        return _FULL_DISK
    last = _without_prefixes(lines[-1]) if lines else "no output"
    if any(words in output for words in _TAKEN_WORDS):
        found = next((found for line in reversed(lines) if (found := _TAKEN.search(line))), None)
        return f"port {found['port'] if found else '(unknown)'} is already in use on this machine" + _setting(
            found["port"] if found else "", chosen
        )
    if base := _BUILD_BASE.search(output):
        return explain_image(base["image"], output, chosen)
    if "failed to solve" in output:
        return _failed_build(lines) or last[:_LONGEST]
    if place := _PLACE.search(output):
        service, _, where = place["path"].removeprefix("services[").partition("].")
        return f"{service}: {where} has an {place['message']}".replace("an time: ", "an ") + _culprit(
            place["message"], chosen
        )
    return last[:_LONGEST] + _culprit(last, chosen)


def explain_image(image: str, output: str, chosen: Mapping[str, str]) -> str:
    """Say why an image could not be had.

    Args:
        image: as the compose file or a Dockerfile names it.
        output: of the pull or the build.
        chosen: as for `explain`.
    """
    if _FULL.search(output):
        return _FULL_DISK
    variable = next((name for name, value in chosen.items() if value == image), "")
    named = f"the image {image}" + (f" ({variable})" if variable else "")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = _without_prefixes(lines[-1]) if lines else "no output"
    if _ABSENT.search(last):
        return f"{named} does not exist: check its name and its tag"
    if _REGISTRY.search(last) and _UNREACHABLE.search(last):
        return f"{named} is not on this machine, and its registry cannot be reached: check the name and the network"
    return f"{named} cannot be had: {last[:_LONGEST]}"


def explain_container(
    container: Container, lines: Sequence[str], chosen: Mapping[str, str], *, restarts: int = 0
) -> str:
    """Say what is wrong with one container.

    Args:
        container: its state.
        lines: the last ones that it wrote.
        chosen: as for `explain`.
        restarts: how often it was started again in this start.
    """
    name, words = container.service, meaningful_line(lines)
    if container.error:
        return f"{name} cannot start: {explain(container.error, chosen)}"
    if any(_FULL.search(line) for line in [*lines[-20:], container.last_check]):
        return f"{name}: {_FULL_DISK}"
    if container.out_of_memory:
        return f"{name} was ended because it reached its memory limit: raise it in .env (…_MEMORY)"
    words += _culprit(words, chosen)
    if container.state in {"exited", "dead"}:
        return f"{name} ended with code {container.exit_code}: {words}"
    if container.state == "restarting" or (restarts and not container.failed):
        code = f" with code {container.exit_code}" if container.exit_code else ""
        return f"{name} keeps ending{code} (started again {restarts} time{'s' * (restarts != 1)}): {words}"
    check = meaningful_line(container.last_check.splitlines())
    return f"{name} is {container.health or container.state}: its health check says «{check}», its log «{words}»"


def meaningful_line(lines: Iterable[str]) -> str:
    """Choose the line that tells most: the last complaint or exception, else the last line; frames are left out."""
    told: list[tuple[str, bool]] = []
    in_traceback = False
    pending = list(lines)
    for number, raw in enumerate(pending):
        line = raw.rstrip()
        if line.startswith("Traceback (most recent call last)"):
            in_traceback = True
        elif in_traceback and line and not line.startswith((" ", "\t")):
            in_traceback = False
            told.append((_exception(line, pending[number + 1 : number + 3]), True))
        elif not in_traceback and not _NOISE.match(line) and not (told and line.startswith((" ", "\t"))):
            text = _plain(line)
            told.append((text, bool(_ALARM.search(text))))
    if not told:
        return "no output"
    return next((text for text, alarming in reversed(told) if alarming), told[-1][0])[:_LONGEST]


def _exception(line: str, following: Sequence[str]) -> str:
    """Shorten the last line of a traceback; pydantic's errors go on for two lines more."""
    found = _EXCEPTION.match(line)
    if found is None:
        return line
    message = found["message"] or ""
    if _PYDANTIC.match(message) and following:
        field = "" if following[0].startswith(" ") else following[0].strip().upper()
        problem = following[1 if field else 0].strip() if len(following) > bool(field) else ""
        end = _PYDANTIC_END.search(problem)
        value = (end["value"] or "") if end else ""
        problem = (problem[: end.start()] if end else problem) + (f", not {value}" if value[:1] in {"'", '"'} else "")
        return f"{field}: {problem}" if field else problem
    message = re.sub(r"^\(\w+(?:\.\w+)+\) ", "", message)
    if found["kind"] in {"ValueError", "RuntimeError", "SystemExit"} and message:
        return message
    return f"{found['kind']}: {message}" if message else found["kind"]


def _plain(line: str) -> str:
    """Give a line's words; of a JSON line its message, and what it says about the error."""
    if not line.startswith("{"):
        return line.strip()
    try:
        entry = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(entry, dict):
        return line.strip()
    text = next((str(entry[key]) for key in ("event", "msg", "message") if entry.get(key)), line)
    if exception := str(entry.get("exception") or ""):
        return f"{text}: {meaningful_line(exception.splitlines())}"
    detail = next((str(entry[key]) for key in ("error", "detail", "reason") if entry.get(key)), "")
    alarming = str(entry.get("level", "")).lower() in {"error", "critical", "fatal"}
    return f"{text}: {detail}" if detail else f"error: {text}" if alarming and not _ALARM.search(text) else text


def _failed_build(lines: Sequence[str]) -> str:
    """Find the instruction that failed and the last complaint of its program."""
    failed = next((found["step"] for line in lines if (found := _BUILD_ERROR.match(line))), "")
    mine = [found for line in lines if (found := _BUILD_LINE.match(line)) and found["step"] == failed]
    command = next((found["command"] for found in mine if found["command"]), "")
    output = [found["text"] for found in mine if found["text"]]
    return f"{meaningful_line(output)} (in `{command[:80]}`)" if command else ""


def _without_prefixes(line: str) -> str:
    line = re.sub(r"^(Error response from daemon|unable to get image '[^']*'|failed to solve): ", "", line)
    return re.sub(r"^Error response from daemon: ", "", line)


def _setting(value: str, chosen: Mapping[str, str]) -> str:
    names = [name for name, own in chosen.items() if value and own == value]
    return f" ({', '.join(names)})" if names else ""


def _culprit(message: str, chosen: Mapping[str, str]) -> str:
    """Name the chosen settings whose value a message quotes."""
    for found in _QUOTED.finditer(message):
        value = found["single"] or found["bare"]
        names = [name for name, own in chosen.items() if own == value and name not in message]
        if names:
            return f" ({', '.join(names)} is {value!r})"
    return ""
