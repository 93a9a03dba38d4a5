"""./munbot knowledge: the documents that the running platform answers from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer
import yaml
from rich import box
from rich.markup import escape
from rich.table import Table

from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.containers.detection import find_engine
from munbot_cli.containers.engine import Engine
from munbot_cli.containers.mode import Mode, running_mode
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["TenantOption", "app", "connect", "default_tenant", "service_token"]

app = typer.Typer(help="Add, list and remove the documents that answers come from.", no_args_is_help=True)
TenantOption = Annotated[str, typer.Option("--tenant", "-t", help="The municipality; in the demo its first one.")]

_PASSAGES = 5


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="TXT, Markdown, HTML, PDF, DOCX, or YAML of {question, answer}.")],
    tenant: TenantOption = "",
    project: ProjectOption = "",
    title: Annotated[str, typer.Option("--title", help="Of one document; else its own.")] = "",
) -> None:
    """Upload documents; a known file name becomes the next version of its document."""
    if title and len(files) != 1:
        raise MunbotError("--title goes with one file")
    failed = 0
    with connect(project, tenant) as client:
        for file in files:
            try:
                _add_document(client, file, title)
            except MunbotError as error:
                failed += 1
                console.print(f"[red]✗[/red] {escape(file.name)}: {escape(str(error))}", soft_wrap=True)
    if failed:
        raise typer.Exit(1)


@app.command("list")
def list_documents(tenant: TenantOption = "", project: ProjectOption = "") -> None:
    """List documents, then questions with their answers, newest first."""
    with connect(project, tenant) as client:
        items = list(_pages(client, "/documents"))
    if not items:
        console.print("There are no documents: ./munbot knowledge add FILE...")
    documents = [item for item in items if item["filename"]]
    if documents:
        console.print(_documents_table(documents))
    for item in items:
        if not item["filename"]:
            console.print(f"{escape(item['title'])}  [dim]{item['id']}[/dim]", soft_wrap=True)


def _documents_table(documents: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE)
    table.add_column("file", no_wrap=True)
    table.add_column("title", overflow="fold")
    table.add_column("version", justify="right")
    table.add_column("passages", justify="right")
    table.add_column("uploaded", no_wrap=True)
    for item in documents:
        uploaded = item["uploaded_at"][:16].replace("T", " ") if item["indexed"] else "not indexed yet"
        cells = (item["filename"], item["title"], str(item["version"]), str(item["passages"]), uploaded)
        table.add_row(*(escape(cell) for cell in cells))
    return table


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="Its id, or its file name.")],
    tenant: TenantOption = "",
    project: ProjectOption = "",
    passages: Annotated[int, typer.Option("--passages", "-n", min=0, help="How many to show.")] = _PASSAGES,
) -> None:
    """Show a document's versions, warnings and first passages: what can be found and quoted."""
    with connect(project, tenant) as client:
        found = _find(client, document)
        address = f"/documents/{quote(found['id'])}"
        versions = _ask(client, "GET", f"{address}/versions")["items"]
        shown = _ask(client, "GET", f"{address}/passages", params={"limit": max(1, min(passages, 200))})
    console.print(f"[bold]{escape(found['title'])}[/bold]  {escape(found['filename'])}  [dim]{found['id']}[/dim]")
    for version in versions:
        when = version["uploaded_at"][:16].replace("T", " ")
        console.print(f"  version {version['version']}  {when}  {escape(version['uploaded_by'])}")
    for warning in found["warnings"]:
        console.print(f"  [yellow]![/yellow] {escape(warning)}")
    console.print(f"  {shown['total']} passages")
    for passage in shown["items"][:passages]:
        above = " › ".join(passage["questions"] or passage["headings"])
        console.print(f"\n[bold]{passage['position'] + 1}. {escape(above)}[/bold]\n{escape(passage['text'])}")


@app.command()
def remove(
    documents: Annotated[list[str], typer.Argument(help="Ids or file names.")],
    tenant: TenantOption = "",
    project: ProjectOption = "",
) -> None:
    """Remove documents or pairs from what is answered from; their versions stay in the object store."""
    with connect(project, tenant) as client:
        for document in documents:
            found = _find(client, document)
            _ask(client, "DELETE", f"/documents/{quote(found['id'])}")
            console.print(f"[green]✓[/green] {escape(found['title'])} removed")


@app.command()
def reindex(tenant: TenantOption = "", project: ProjectOption = "") -> None:
    """Cut all documents anew from their files, while answers go on."""
    with connect(project, tenant) as client:
        started = _ask(client, "POST", "/reindex")
    console.print(f"{started['documents']} documents are being cut anew")


@contextmanager
def connect(project: str, tenant: str) -> Iterator[httpx.Client]:
    """Give a client of the running platform's documents, which speaks as one of our services.

    Args:
        project: the instance's name; the default one when empty.
        tenant: the municipality; the demo's first one when empty.

    Raises:
        MunbotError: the platform does not run or does not answer, or no tenant was named outside the demo.
    """
    instance = Project.load(project or None)
    headers = {
        "X-Munbot-Tenant": tenant or default_tenant(instance),
        "Authorization": f"Bearer {service_token(instance)}",
    }
    address = f"http://127.0.0.1:{instance.port('nginx', 8080)}/api/knowledge/v1"
    try:
        with httpx.Client(base_url=address, headers=headers, timeout=120) as client:
            yield client
    except httpx.HTTPError as error:
        raise MunbotError(f"the platform does not answer at {address}: {error}") from error


def default_tenant(project: Project) -> str:
    """Give the demo's first municipality.

    Raises:
        MunbotError: it is not a demo.
    """
    path = project.root / "config" / "demo" / "tenants.yml"
    if project.settings.get("MUNBOT_MODE", "demo") != "demo" or not path.is_file():
        raise MunbotError("name the municipality: --tenant")
    return str(yaml.safe_load(path.read_text(encoding="utf-8"))["tenants"][0]["id"])


def service_token(project: Project) -> str:
    """Give the token by which the command line names itself to the running platform.

    Raises:
        MunbotError: it does not run.
    """
    match running_mode(project, find_engine(os.environ)):
        case Mode.NATIVE:
            return (project.secrets / "service_token_cli").read_text(encoding="utf-8").strip()
        case Mode.CONTAINERS:
            return Engine(project).read_secret("service_token_cli")
        case _:
            raise MunbotError(f"«{project.name}» is not running: ./munbot up first")


def _add_document(client: httpx.Client, file: Path, title: str) -> None:
    try:
        with file.open("rb") as content:
            fields = {"title": title} if title else {}
            body = _ask(client, "POST", "/documents", files={"file": (file.name, content)}, data=fields)
    except OSError as error:
        raise MunbotError(f"cannot be read: {error.strerror}") from error
    state = f"version {body['version']}, {body['passages']} passages" if body["created"] else "unchanged"
    later = "" if body["indexed"] else ", still being indexed"
    console.print(f"[green]✓[/green] {escape(file.name)}  [dim]{escape(body['title'])}: {state}{later}[/dim]")
    for warning in body["warnings"]:
        console.print(f"  [yellow]![/yellow] {escape(warning)}", soft_wrap=True)


def _find(client: httpx.Client, document: str) -> dict[str, Any]:
    for item in _pages(client, "/documents"):
        if document in {item["id"], item["filename"]}:
            return item
    raise MunbotError(f"there is no document {document!r}: ./munbot knowledge list")


def _pages(client: httpx.Client, path: str) -> Iterator[dict[str, Any]]:
    parameters: dict[str, str] = {"limit": "200"}
    while True:
        page = _ask(client, "GET", path, params=parameters)
        yield from page["items"]
        if not page["next_cursor"]:
            return
        parameters["cursor"] = page["next_cursor"]


def _ask(client: httpx.Client, method: str, path: str, **arguments: Any) -> dict[str, Any]:
    answer = client.request(method, path, **arguments)
    if answer.is_success:
        return dict(answer.json()) if answer.content else {}
    try:
        problem = answer.json()
        raise MunbotError(f"{problem['detail']} ({problem['code']})")
    except (ValueError, KeyError, TypeError) as error:
        raise MunbotError(f"the platform answered {answer.status_code}") from error
