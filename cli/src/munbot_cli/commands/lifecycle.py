"""./munbot up and down."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterable, Mapping
from typing import Annotated

import psutil
import typer

from munbot_cli.commands.addresses import print_addresses, print_container_servers, print_native_servers
from munbot_cli.compose import Service, load_compose, with_dependencies
from munbot_cli.containers.detection import find_engine
from munbot_cli.containers.engine import Engine
from munbot_cli.containers.mode import Mode, choose_mode, refuse_strangers, running_containers, running_mode
from munbot_cli.containers.runner import ContainerRunner, choose_services
from munbot_cli.errors import MunbotError
from munbot_cli.native.llama import ensure_engine_in_background, stop_background_build
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
    """Start the platform, in containers when an engine answers and natively otherwise, and wait until it is healthy."""
    instance = Project.load(project or None)
    finding = find_engine(os.environ)
    mode, line = choose_mode(instance.name, finding, running_mode(instance, finding), native=native)
    console.print(f"[dim]{line}[/dim]", soft_wrap=True)
    names = [name.strip() for name in only.split(",") if name.strip()]
    try:
        if mode is Mode.CONTAINERS:
            _up_in_containers(instance, infra_only=infra_only, seed=not no_seed, only=names)
        else:
            _up_natively(instance, infra_only=infra_only, seed=not no_seed, only=names)
    except KeyboardInterrupt:
        console.print("What was started goes on: ./munbot up continues, ./munbot down stops it.")
        raise


def _up_natively(project: Project, *, infra_only: bool, seed: bool, only: list[str]) -> None:
    if not infra_only and (line := ensure_engine_in_background(project)):
        console.print(f"[dim]{line}[/dim]", soft_wrap=True)
    bring_up(project, infra_only=infra_only, seed=seed, only=only)
    if infra_only:
        print_native_servers(project)
    else:
        password = project.secrets / "demo_password"
        print_addresses(project, seeded=seed, password=lambda: password.read_text(encoding="utf-8").strip())


def _up_in_containers(project: Project, *, infra_only: bool, seed: bool, only: Iterable[str]) -> None:
    engine = Engine(project, {} if seed else {"MUNBOT_MIGRATE_ARGS": ""})
    refuse_strangers(project, engine.ps())
    if (project.data / "postgres").exists() and not engine.volumes():
        console.print(
            f"[dim]The data of native runs in {project.data} stays there; --native uses it.[/dim]", soft_wrap=True
        )
    configuration = engine.configuration()
    services = choose_services(configuration, infra_only=infra_only, only=only)
    ContainerRunner(engine, configuration, services).up()
    if infra_only:
        print_container_servers(project, [name for name, service in services.items() if not service.one_shot])
    else:
        print_addresses(project, seeded=seed, password=lambda: engine.read_secret("demo_password"))


def bring_up(
    project: Project,
    *,
    infra_only: bool = False,
    seed: bool = True,
    only: list[str] | None = None,
    profiles: Iterable[str] = (),
) -> None:
    """Start an instance natively and wait until it is healthy.

    Args:
        project: the instance.
        infra_only: leave the application services out.
        seed: load demo data.
        only: these services and what they need; all by default.
        profiles: the optional parts to start too.

    Raises:
        MunbotError: with one line for the person at the terminal.
    """
    # Imported here: they cost half a second that `status` and `--help` need not pay.
    from munbot_common.secrets import SecretLost, generate_secrets

    from munbot_cli.native.runner import Runner

    services = select_services(project, infra_only=infra_only, only=only, profiles=profiles)
    try:
        project.data.mkdir(parents=True, exist_ok=True)
        generate_secrets(project.secrets)
    except SecretLost as error:
        raise MunbotError(f"{project.secrets}: {error}") from error
    except PermissionError as error:
        raise MunbotError(f"{error.filename} cannot be written: check the rights on MUNBOT_DATA_DIR") from error
    except OSError as error:
        raise MunbotError(f"{project.data} cannot be written: {error.strerror}") from error
    Runner(project, services, select_services(project, profiles=profiles), seed=seed).up()


def select_services(
    project: Project, *, infra_only: bool = False, only: list[str] | None = None, profiles: Iterable[str] = ()
) -> Mapping[str, Service]:
    """Choose the compose services of a start."""
    infrastructure = project.native["infrastructure"]
    services = load_compose(project.root / "docker-compose.yml", project.variables, infrastructure, profiles)
    if infra_only:
        return {name: service for name, service in services.items() if service.infrastructure and name != "nginx"}
    return with_dependencies(services, only) if only else services


def down(
    project: ProjectOption = "",
    volumes: Annotated[bool, typer.Option("--volumes", "-v", help="Delete the data too.")] = False,
) -> None:
    """Stop everything that `up` started, in containers or natively, and nothing else; data is kept."""
    instance = Project.load(project or None)
    finding = find_engine(os.environ)
    containers = running_containers(instance, finding)
    refuse_strangers(instance, containers)
    told = []
    stopped = stop_project(instance)
    idle = not stopped and not containers
    if stopped or idle:
        if volumes:
            delete_data(instance)
        kept = "data deleted" if volumes else f"data kept in {instance.data}"
        told.append(f"{stopped} processes stopped, {kept}")
    engine = Engine(instance)
    if containers or (idle and volumes and finding.answers and engine.volumes()):
        with console.status("stopping the containers …"):
            removed = engine.down(volumes=volumes)
        kept = "the data in its volumes deleted" if volumes else "the data kept in its volumes"
        told.append(f"{removed} containers removed, {kept}")
    console.print(f"Munbot «{instance.name}»: {'; '.join(told)}.", soft_wrap=True)


def stop_project(project: Project) -> int:
    """Stop an instance: applications first, then what they use.

    Returns:
        How many processes were stopped.
    """
    stop_background_build(project)
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
