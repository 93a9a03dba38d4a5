"""An instance of plain processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from munbot_cli.commands.lifecycle import bring_up, delete_data, select_services, stop_project
from munbot_cli.native.prepare import elsewhere
from munbot_cli.native.programs import build_programs
from munbot_cli.native.strays import stray_processes
from munbot_cli.native.supervisor import Supervisor
from munbot_cli.project import Project
from munbot_cli.recovery.instance import Tell, commit, plain_environment, run_tool

__all__ = ["NativeInstance"]


class NativeInstance:
    """One instance.

    Args:
        project: its settings, folders and ports.
        namespace: whose backups it looks at; its own by default.
    """

    def __init__(self, project: Project, namespace: str = "") -> None:
        self.project = project
        self.namespace = namespace or project.name

    @property
    def url(self) -> str:
        """Give nginx's own address."""
        return f"http://127.0.0.1:{self.project.port('nginx', 8080)}"

    @property
    def running(self) -> bool:
        """Ask the supervisor, and look for what outlived one."""
        return Supervisor(self.project).answers or bool(stray_processes(self.project.data))

    @property
    def kept(self) -> str:
        """Look for what servers keep; logs and scripts are nothing."""
        for name in ("postgres", "mongo", "s3", "rabbitmq", "secrets"):
            if (self.project.data / name).exists():
                return str(self.project.data)
        return str(elsewhere(self.project)) if elsewhere(self.project).exists() else ""

    def tool(self, *arguments: str, said: str = "", tell: Tell = lambda _: None) -> Any:
        """Run the program with the settings of the service `backup`."""
        project = self.project
        program = build_programs(project, {"backup": select_services(project)["backup"]})["backup"]
        own = {
            **plain_environment(),
            **program.environment,
            "BACKUP_NAMESPACE": self.namespace,
            "MUNBOT_COMMIT": commit(str(project.root)),
        }
        command = [program.command[0], "-m", "munbot_datalake.backup", *arguments]
        return run_tool(command, own, cwd=str(project.root), said=said, tell=tell)

    def set_aside(self) -> str:
        """Rename the data folder, and PostgreSQL's where it lies elsewhere."""
        stop_project(self.project)
        data, apart = self.project.data, elsewhere(self.project)
        moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        kept = data.with_name(f"{data.name}.before-{moment}")
        if data.exists():
            data.rename(kept)
        if apart.exists():
            moved = apart.with_name(f"{apart.name}.before-{moment}")
            apart.rename(moved)
            link = kept / "postgres"
            if link.is_symlink():
                link.unlink()
                link.symlink_to(moved)
            elif not kept.exists():
                return f"kept in {moved}"
        return f"kept in {kept}"

    def start_stores(self) -> None:
        """Start the real servers."""
        bring_up(self.project, infra_only=True)

    def start(self, only: Sequence[str] = ()) -> None:
        """Start the services."""
        bring_up(self.project, seed=False, only=list(only))

    def make_secrets(self) -> None:
        """Write what is missing into the secrets' folder."""
        from munbot_common.secrets import generate_secrets  # it costs half a second that `--help` need not pay

        self.project.data.mkdir(parents=True, exist_ok=True)
        generate_secrets(self.project.secrets)

    def secret(self, name: str) -> str:
        """Read a file."""
        return (self.project.secrets / name).read_text(encoding="utf-8").strip()

    def destroy(self) -> None:
        """Stop and delete."""
        stop_project(self.project)
        delete_data(self.project)
