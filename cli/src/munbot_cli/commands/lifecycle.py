"""./munbot up and down."""

from __future__ import annotations

import contextlib
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import psutil
import typer
import yaml
from rich.table import Table

from munbot_cli.compose import Service, load_compose, with_dependencies
from munbot_cli.errors import MunbotError
from munbot_cli.native.programs import build_programs
from munbot_cli.native.strays import stray_processes
from munbot_cli.native.supervisor import Supervisor
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["bring_up", "down", "stop_project", "up"]

ProjectOption = Annotated[str, typer.Option("--project", "-p", help="The instance; MUNBOT_PROJECT by default.")]


def up(
    project: ProjectOption = "",
    native: Annotated[bool, typer.Option("--native", help="Run without containers, whatever engine there is.")] = False,
    infra_only: Annotated[bool, typer.Option("--infra-only", help="Only the databases, broker and stores.")] = False,
    no_seed: Annotated[bool, typer.Option("--no-seed", help="Migrate without demo data.")] = False,
    only: Annotated[str, typer.Option("--only", help="Some services, with commas, and what they need.")] = "",
) -> None:
    """Install what is missing, start the platform and wait until it is healthy."""
    instance = Project.load(project or None)
    if not native:
        console.print("[dim]Running natively, without containers.[/dim]")
    names = [name.strip() for name in only.split(",") if name.strip()]
    bring_up(instance, infra_only=infra_only, seed=not no_seed, only=names)
    _print_addresses(instance, infra_only=infra_only, seeded=not no_seed and not infra_only)


def bring_up(project: Project, *, infra_only: bool = False, seed: bool = True, only: list[str] | None = None) -> None:
    """Start an instance and wait until it is healthy.

    Args:
        project: the instance.
        infra_only: leave the application services out.
        seed: load demo data.
        only: these services and what they need; all by default.

    Raises:
        MunbotError: with one line for the person at the terminal.
    """
    # Imported here: they cost half a second that `status` and `--help` need not pay.
    from munbot_common.secrets import generate_secrets

    from munbot_cli.native.runner import Runner

    services = select_services(project, infra_only=infra_only, only=only)
    try:
        project.data.mkdir(parents=True, exist_ok=True)
        generate_secrets(project.secrets)
    except PermissionError as error:
        raise MunbotError(f"{error.filename} cannot be written: check the rights on MUNBOT_DATA_DIR") from error
    except OSError as error:
        raise MunbotError(f"{project.data} cannot be written: {error.strerror}") from error
    Runner(project, services, select_services(project), seed=seed).up()


def select_services(
    project: Project, *, infra_only: bool = False, only: list[str] | None = None
) -> Mapping[str, Service]:
    """Choose the compose services of a start."""
    infrastructure = project.native["infrastructure"]
    services = load_compose(project.root / "docker-compose.yml", project.variables, infrastructure)
    if infra_only:
        return {name: service for name, service in services.items() if service.infrastructure and name != "nginx"}
    return with_dependencies(services, only) if only else services


def down(
    project: ProjectOption = "",
    volumes: Annotated[bool, typer.Option("--volumes", "-v", help="Delete the data too.")] = False,
) -> None:
    """Stop everything that `up` started, and nothing else; data is kept."""
    instance = Project.load(project or None)
    stopped = stop_project(instance)
    if volumes:
        delete_data(instance)
    kept = "data deleted" if volumes else f"data kept in {instance.data}"
    console.print(f"Munbot «{instance.name}»: {stopped} processes stopped, {kept}.")


def stop_project(project: Project) -> int:
    """Stop an instance: applications first, then what they use.

    Returns:
        How many processes were stopped.
    """
    supervisor = Supervisor(project)
    stopped = 0
    if supervisor.answers:
        alive = {name for name, state in supervisor.states().items() if state.alive}
        stopped = len(alive)
        programs = build_programs(project, select_services(project))
        infrastructure = {name for name in alive if name in programs and programs[name].infrastructure} - {"nginx"}
        # What infrastructure itself needs, such as Erlang's port mapper, ends last.
        helpers = {need for name in infrastructure for need in programs[name].needs}
        for wave in (alive - infrastructure, infrastructure - helpers, infrastructure & helpers):
            for name in wave:
                supervisor.stop_program(name)
            longest = max((programs[name].stop_seconds for name in wave if name in programs), default=10)
            supervisor.wait_stopped(wave, longest + 10)
        supervisor.shut_down()
    return stopped + _end_strays(project)


def delete_data(project: Project) -> None:
    """Delete what an instance keeps, with the PostgreSQL folder that may lie elsewhere."""
    postgres = project.data / "postgres"
    if postgres.is_symlink():
        shutil.rmtree(postgres.resolve(), ignore_errors=True)
    if project.data.exists():
        shutil.rmtree(project.data)


def _end_strays(project: Project) -> int:
    """End processes that outlived their supervisor, found by the mark in their environment."""
    strays = stray_processes(project.data)
    for process in strays:
        _signal(process, signal.SIGTERM)
    _, left = psutil.wait_procs(strays, timeout=10)
    for process in left:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(left, timeout=5)
    return len(strays)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _print_addresses(project: Project, *, infra_only: bool, seeded: bool) -> None:
    if infra_only:
        table = Table(title=f"Munbot «{project.name}»: infrastructure", title_justify="left")
        table.add_column("server")
        table.add_column("address")
        for name in ("postgres:5432", "redis:6379", "mongo:27017", "rabbitmq:5672", "rabbitmq:15672", "minio:9000"):
            table.add_row(name.partition(":")[0], f"127.0.0.1:{project.ports[name]}")
        console.print(table)
        console.print(f"Secrets: {project.secrets}")
        return
    url = project.public_url
    tenants = demo_tenants(project)
    console.print(f"\n[bold green]Munbot «{project.name}» is up.[/bold green]\n")
    console.print(f"  Home page and chat   {url}/")
    for slug, name in tenants.items():
        console.print(f"    {name:<32} {url}/t/{slug}/")
    console.print(f"  With TLS             https://localhost:{project.port('nginx', 8443)}/  (self-made certificate)")
    console.print(f"  Health               {url}/health")
    if seeded and project.settings.get("MUNBOT_MODE", "demo") == "demo":
        password = (project.secrets / "demo_password").read_text().strip()
        console.print("\n  Demo logins, all with the password " + f"[bold]{password}[/bold]")
        for slug in tenants:
            console.print(f"    admin@{slug}.demo   agente@{slug}.demo   lectura@{slug}.demo")
    console.print("\n  ./munbot status · ./munbot logs · ./munbot down\n")


def demo_tenants(project: Project) -> dict[str, str]:
    """Read the demo tenants' names by their slug."""
    path: Path = project.root / "config" / "demo" / "tenants.yml"
    if not path.is_file():
        return {}
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = content.get("tenants", content) if isinstance(content, dict) else content
    if isinstance(entries, dict):
        entries = [{"id": slug, **(body or {})} for slug, body in entries.items()]
    return {str(entry.get("id") or entry.get("slug")): str(entry.get("name", "")) for entry in entries}
