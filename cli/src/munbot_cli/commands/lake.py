"""./munbot lake and ./munbot import: questions to the archive, and files of the earlier demo."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from munbot_cli.commands.knowledge import TenantOption, default_tenant, service_token
from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["app", "lake"]

app = typer.Typer(help="Bring in files of the earlier demo; safe to repeat.", no_args_is_help=True)

_AT_ONCE = 100
_SHOWN = 20


class Format(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


FileArgument = Annotated[Path, typer.Argument(help="A JSON list of objects, or one object a line.")]
ReportOption = Annotated[Path | None, typer.Option("--report", help="Write what became of each record here, as JSON.")]


def lake(
    sql: Annotated[str, typer.Argument(help="A SELECT; without one, what can be asked is listed.")] = "",
    form: Annotated[Format, typer.Option("--format", "-f", help="How the answer is printed.")] = Format.TABLE,
    tenant: Annotated[str, typer.Option("--tenant", "-t", help="Only this municipality's events.")] = "",
    rows: Annotated[int, typer.Option("--rows", "-n", min=1, max=100_000, help="At most so many.")] = 1_000,
    project: ProjectOption = "",
) -> None:
    """Ask the archive of all events: ./munbot lake "select type, count(*) from events group by type"."""
    with _connect(project, tenant) as client:
        if not sql:
            _list_views(_ask(client, "GET", "/views"))
            return
        body = {"sql": sql, "tenant": tenant or None, "max_rows": rows}
        answer = _ask(client, "POST", "/query", json=body)
    names = [column["name"] for column in answer["columns"]]
    match form:
        case Format.JSON:
            items = [dict(zip(names, row, strict=True)) for row in answer["rows"]]
            sys.stdout.write(json.dumps(items, ensure_ascii=False, indent=1) + "\n")
        case Format.CSV:
            writer = csv.writer(sys.stdout)
            writer.writerow(names)
            writer.writerows(["" if value is None else value for value in row] for row in answer["rows"])
        case Format.TABLE:
            console.print(_table(names, answer["rows"]))
            console.print(f"[dim]{len(answer['rows'])} rows in {answer['seconds']:.2f} s[/dim]")
    if answer["truncated"]:
        sys.stderr.write(f"there are more than {rows} rows: --rows\n")


@app.command()
def complaints(  # noqa: PLR0917 - typer calls it by name
    file: FileArgument,
    tenant: TenantOption = "",
    unknown_rut: Annotated[
        str, typer.Option("--unknown-rut", help="RUT for records without one, such as 66666666-6; else refused.")
    ] = "",
    category: Annotated[
        list[str] | None, typer.Option("--category", help="NAME=CODE: what the file calls it, and its code here.")
    ] = None,
    report: ReportOption = None,
    project: ProjectOption = "",
) -> None:
    """Register complaints: id, categoria, departamento, mensaje, nombre_denunciante, mail, rut (ip is left behind)."""
    pairs = [one.rpartition("=") for one in category or []]
    if not all(name and code for name, _, code in pairs):
        raise MunbotError("--category is written NAME=CODE")
    options = {"unknown_rut": unknown_rut or None, "categories": {name: code for name, _, code in pairs}}
    _import(file, "complaints", options, project=project, tenant=tenant, report=report)


@app.command()
def appointments(
    file: FileArgument, tenant: TenantOption = "", report: ReportOption = None, project: ProjectOption = ""
) -> None:
    """Book appointments: id, tramite, oficina, fecha, hora, rut, nombre, mail, telefono."""
    _import(file, "appointments", {}, project=project, tenant=tenant, report=report)


def _import(file: Path, kind: str, options: dict[str, Any], *, project: str, tenant: str, report: Path | None) -> None:
    records = _records(file)
    outcomes: list[dict[str, Any]] = []
    named = tenant or default_tenant(Project.load(project or None))
    with _connect(project, named) as client:
        for begin in range(0, len(records), _AT_ONCE):
            body = {"records": records[begin : begin + _AT_ONCE], **options}
            outcomes += _ask(client, "POST", f"/imports/{kind}", json=body)["outcomes"]
            console.print(f"[dim]{len(outcomes)} of {len(records)}[/dim]")
    if report:
        report.write_text(json.dumps(outcomes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    count = {name: sum(one["outcome"] == name for one in outcomes) for name in ("imported", "known", "refused")}
    console.print(f"{count['imported']} imported, {count['known']} known already, {count['refused']} refused")
    refused = [one for one in outcomes if one["outcome"] == "refused"]
    for one in refused[:_SHOWN]:
        console.print(f"[red]✗[/red] {escape(one['id'])}: {escape(one['reason'])} [dim]({one['code']})[/dim]")
    if len(refused) > _SHOWN:
        console.print(f"and {len(refused) - _SHOWN} more: --report FILE has all of them")
    if refused:
        raise typer.Exit(1)


def _records(file: Path) -> list[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MunbotError(f"{file} cannot be read: {error}") from error
    try:
        found = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line]
    except ValueError as error:
        raise MunbotError(f"{file} is neither a JSON list nor one object a line: {error}") from error
    if not found or not all(isinstance(one, dict) for one in found):
        raise MunbotError(f"{file} holds no list of objects")
    return found


@contextmanager
def _connect(project: str, tenant: str) -> Iterator[httpx.Client]:
    instance = Project.load(project or None)
    headers = {"X-Munbot-Tenant": tenant or "all", "Authorization": f"Bearer {service_token(instance)}"}
    address = f"http://127.0.0.1:{instance.port('nginx', 8080)}/api/data-lake/v1"
    try:
        with httpx.Client(base_url=address, headers=headers, timeout=120) as client:
            yield client
    except httpx.HTTPError as error:
        raise MunbotError(f"the platform does not answer at {address}: {error}") from error


def _ask(client: httpx.Client, method: str, path: str, **arguments: Any) -> Any:
    answer = client.request(method, path, **arguments)
    if answer.is_success:
        return answer.json()
    try:
        problem = answer.json()
        raise MunbotError(f"{problem['detail']} ({problem['code']})")
    except (ValueError, KeyError, TypeError) as error:
        raise MunbotError(f"the platform answered {answer.status_code}") from error


def _list_views(views: list[dict[str, Any]]) -> None:
    table = Table(box=box.SIMPLE)
    table.add_column("view", no_wrap=True)
    table.add_column("columns", overflow="fold")
    common = {column["name"] for column in views[0]["columns"]}
    for view in views:
        own = [one["name"] for one in view["columns"] if view is views[0] or one["name"] not in common]
        table.add_row(view["name"], ", ".join(own))
    console.print(table)
    console.print("Every view has the columns of events too.")


def _table(names: list[str], rows: list[list[Any]]) -> Table:
    table = Table(box=box.SIMPLE)
    for name in names:
        table.add_column(escape(name), overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    return table
