"""What `up` prints when everything runs: addresses and logins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import yaml
from rich.table import Table

from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["print_addresses", "print_container_servers", "print_native_servers"]

_SERVERS = ("postgres:5432", "redis:6379", "mongo:27017", "rabbitmq:5672", "rabbitmq:15672", "minio:9000")


def print_native_servers(project: Project) -> None:
    """Print where the databases, broker and stores of a native run listen."""
    table = Table(title=f"Munbot «{project.name}»: infrastructure", title_justify="left")
    table.add_column("server")
    table.add_column("address")
    for name in _SERVERS:
        table.add_row(name.partition(":")[0], f"127.0.0.1:{project.ports[name]}")
    console.print(table)
    console.print(f"Secrets: {project.secrets}")


def print_container_servers(project: Project, services: Iterable[str]) -> None:
    """Print which servers run in containers, and how to reach one: they publish no port."""
    console.print(
        f"\n[bold green]The infrastructure of Munbot «{project.name}» is up:[/bold green] {', '.join(services)}"
    )
    console.print("  No port is published. A program of a container reaches its server:")
    console.print(f"    docker compose -p {project.name} exec postgres psql -U postgres\n")


def print_addresses(project: Project, *, seeded: bool, password: Callable[[], str]) -> None:
    """Print the public addresses, and in the demo its logins.

    Args:
        project: the instance.
        seeded: whether the demo's tenants and people were loaded.
        password: reads the demo's password.
    """
    url = project.public_url
    tenants = _demo_tenants(project)
    console.print(f"\n[bold green]Munbot «{project.name}» is up.[/bold green]\n")
    console.print(f"  Home page and chat   {url}/")
    for slug, name in tenants.items():
        console.print(f"    {name:<32} {url}/t/{slug}/")
    demo = project.settings.get("MUNBOT_MODE", "demo") == "demo"
    if demo:
        console.print(f"  WhatsApp, simulated  {url}/simulator")
    console.print(f"  With TLS             https://localhost:{project.port('nginx', 8443)}/  (self-made certificate)")
    console.print(f"  Health               {url}/health")
    if seeded and demo:
        console.print("\n  Demo logins, all with the password " + f"[bold]{password()}[/bold]")
        for slug in tenants:
            console.print(f"    admin@{slug}.demo   agente@{slug}.demo   lectura@{slug}.demo")
    console.print("\n  ./munbot status · ./munbot logs · ./munbot down\n")


def _demo_tenants(project: Project) -> dict[str, str]:
    """Read the demo tenants' names by their slug."""
    path: Path = project.root / "config" / "demo" / "tenants.yml"
    if not path.is_file():
        return {}
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = content.get("tenants", content) if isinstance(content, dict) else content
    if isinstance(entries, dict):
        entries = [{"id": slug, **(body or {})} for slug, body in entries.items()]
    return {str(entry.get("id") or entry.get("slug")): str(entry.get("name", "")) for entry in entries}
