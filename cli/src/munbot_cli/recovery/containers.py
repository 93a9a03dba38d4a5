"""An instance in containers: the same program, by `docker compose run restore`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from munbot_cli.containers.engine import Engine
from munbot_cli.containers.runner import ContainerRunner, choose_services
from munbot_cli.project import Project
from munbot_cli.recovery.instance import Tell, commit, run_tool

__all__ = ["ContainerInstance"]

_STORES = ("postgres-init", "mongo", "minio", "rabbitmq", "redis")
_DATA = ("_postgres-data", "_mongo-data", "_minio-data", "_rabbitmq-data")
_WAIT_SECONDS = 600.0


class ContainerInstance:
    """One instance.

    Args:
        project: its settings and ports.
        namespace: whose backups it looks at; its own by default.
    """

    def __init__(self, project: Project, namespace: str = "") -> None:
        self.project = project
        self.namespace = namespace or project.name
        self._engine = Engine(project, {"MUNBOT_MIGRATE_ARGS": ""})

    @property
    def url(self) -> str:
        """Give nginx's published port."""
        return f"http://127.0.0.1:{self.project.port('nginx', 8080)}"

    @property
    def running(self) -> bool:
        """Ask the engine."""
        return any(container.alive for container in self._engine.ps())

    @property
    def kept(self) -> str:
        """Name the stores' volumes; that of secrets comes with the first look at the backups."""
        return ", ".join(name for name in self._engine.volumes() if name.endswith(_DATA))

    def tool(self, *arguments: str, said: str = "", tell: Tell = lambda _: None) -> Any:
        """Run the program in a container of the service `restore`, which goes afterwards."""
        own = ["-e", f"BACKUP_NAMESPACE={self.namespace}", "-e", f"MUNBOT_COMMIT={commit(str(self.project.root))}"]
        command = self._engine.compose_command("run", "--rm", "-T", "--no-deps", *own, "restore", *arguments)
        return run_tool(command, self._engine.environment, cwd=str(self.project.root), said=said, tell=tell)

    def set_aside(self) -> str:
        """Remove containers and volumes: the engine cannot rename them."""
        self._engine.down(volumes=True)
        return "deleted with its volumes"

    def start_stores(self) -> None:
        """Start the servers' containers and wait until they are healthy."""
        self._up(_STORES)

    def start(self, only: Sequence[str] = ()) -> None:
        """Start the services' containers and wait until they are healthy."""
        self._up(only)

    def make_secrets(self) -> None:
        """Run the one-shot that writes them, and what each reader sees of them."""
        self._engine.compose("run", "--rm", "-T", "--no-deps", "secrets", seconds=_WAIT_SECONDS)

    def secret(self, name: str) -> str:
        """Read a file of the volume."""
        return self._engine.read_secret(name)

    def destroy(self) -> None:
        """Remove everything that has the instance's name."""
        self._engine.down(volumes=True)

    def _up(self, only: Sequence[str]) -> None:
        configuration = self._engine.configuration()
        services = choose_services(configuration, only=only)
        ContainerRunner(self._engine, configuration, services).up()
