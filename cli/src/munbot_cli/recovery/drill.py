"""The recovery drill: a second instance with empty stores, the newest backup, real services, real requests."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from munbot_cli.errors import MunbotError
from munbot_cli.ports import port_is_taken
from munbot_cli.project import Project
from munbot_cli.recovery.exercise import book, look_up_folio, open_door, tenants_of
from munbot_cli.recovery.instance import Instance, Tell

__all__ = ["Report", "drill_project", "one_at_a_time", "run_drill"]

# The door with everything behind it that answers. No worker: restored reminders and messages must reach nobody.
_SERVICES = ("nginx",)
_BASES = range(20_000, 31_800, 200)


@dataclass
class Report:
    """What a drill found.

    Args:
        backup: the one that was brought back.
        backup_at: when it was begun.
        started_at: when the drill began.
        phases: seconds by step, in order.
        compared: what the restore compared.
        booked: the code of the appointment that was made.
        folio: of the complaint that was looked up; empty where none was saved.
        failure: why it failed.
    """

    backup: str = ""
    backup_at: datetime | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    phases: dict[str, float] = field(default_factory=dict)
    compared: list[dict[str, Any]] = field(default_factory=list)
    booked: str = ""
    folio: str = ""
    failure: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether everything was as it was, and worked."""
        return bool(self.booked) and not self.failure and all(entry["same"] for entry in self.compared)

    @property
    def rpo(self) -> float:
        """Give the seconds of work that would have been lost: the age of the backup when the drill began."""
        return (self.started_at - self.backup_at).total_seconds() if self.backup_at else 0.0

    @property
    def rto(self) -> float:
        """Give the seconds from the first step until people were answered again."""
        return sum(self.phases.values())

    def as_json(self) -> dict[str, Any]:
        """Give all of it as JSON."""
        return {
            "passed": self.passed,
            "backup": self.backup,
            "started_at": self.started_at.isoformat(),
            "rpo_seconds": round(self.rpo, 1),
            "rto_seconds": round(self.rto, 1),
            "phases": {name: round(seconds, 2) for name, seconds in self.phases.items()},
            "compared": len(self.compared),
            "different": [entry for entry in self.compared if not entry["same"]],
            "booked": self.booked,
            "folio": self.folio,
            "failure": self.failure,
        }


def drill_project(project: Project) -> Project:
    """Give the second instance: its name says what it is, its ports are free.

    Raises:
        MunbotError: there are not enough free ports.
    """
    name = f"{project.name}-drill"
    first = Project.load(name, root=project.root)
    for base in (first.port_base, *_BASES):
        candidate = Project.load(name, root=project.root, port_base=base)
        if not any(port_is_taken(port) for port in candidate.ports.values()):
            return candidate
    raise MunbotError("no two hundred free ports were found for the drill")


@contextmanager
def one_at_a_time(project: Project) -> Iterator[None]:
    """Hold the drill's lock.

    Raises:
        MunbotError: another drill of this instance runs.
    """
    path: Path = project.data.parent / f".{project.name}-drill.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MunbotError(f"a recovery drill of «{project.name}» is running") from error
        yield


def run_drill(instance: Instance, backup: str, key: str, *, new_secrets: bool, tell: Tell) -> Report:
    """Bring a backup back in an instance of its own, use it, and remove it whatever happens.

    Args:
        instance: the second one; what an earlier drill left of it is removed first.
        backup: its name, or `latest`.
        key: the recovery key's private half.
        new_secrets: give the second instance secrets of its own, and leave the sealed ones shut.
        tell: is told each step.
    """
    report = Report()

    def phase(name: str, action: Callable[[], Any]) -> Any:
        tell(name)
        begun = time.monotonic()
        try:
            return action()
        finally:
            report.phases[name] = time.monotonic() - begun

    try:
        instance.destroy()
        report.started_at = datetime.now(UTC)
        found = phase("verify the backup", lambda: instance.tool("verify", backup, tell=tell))
        report.backup, report.backup_at = found["name"], datetime.fromisoformat(found["started_at"])
        phase("secrets", lambda: _secrets(instance, found, key, new_secrets=new_secrets))
        phase("empty stores", instance.start_stores)
        restored = phase("restore", lambda: instance.tool("restore", report.backup, "--verified", tell=tell))
        report.compared = restored["compared"]
        phase("services", lambda: instance.start(_SERVICES))
        with open_door(instance.url, instance.secret("service_token_actions")) as door:
            tenants = phase("log in", lambda: tenants_of(door))
            report.booked = phase("book an hour", lambda: book(door, tenants))
            report.folio = phase("look up a folio", lambda: look_up_folio(door, tenants))
    except MunbotError as error:
        report.failure = str(error)
    except KeyboardInterrupt:
        report.failure = "interrupted"
        raise
    finally:
        tell("removing the second instance")
        instance.destroy()
    return report


def _secrets(instance: Instance, backup: dict[str, Any], key: str, *, new_secrets: bool) -> None:
    instance.make_secrets()
    if backup["secrets"] and not new_secrets:
        instance.tool("unseal", backup["name"], said=key)
        instance.make_secrets()  # what is due for renewal, and what each reader sees
