"""./munbot privacy: what a person may ask of their data (Ley 21.719), over every store."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from munbot_cli.commands.knowledge import TenantOption, default_tenant, service_token
from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.containers.detection import find_engine
from munbot_cli.containers.mode import Mode, running_mode
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console
from munbot_cli.project import Project
from munbot_cli.recovery.containers import ContainerInstance
from munbot_cli.recovery.exercise import tenants_of
from munbot_cli.recovery.instance import Instance
from munbot_cli.recovery.native import NativeInstance

if TYPE_CHECKING:  # contracts and their models cost half a second that `--help` need not pay
    from munbot_contracts.people import Erased, Found, Person

    from munbot_cli.privacy.owners import Erasing

__all__ = ["app", "erase_again"]

app = typer.Typer(help="Find, give, put right or erase all there is of a person (Ley 21.719).", no_args_is_help=True)

RutOption = Annotated[str, typer.Option("--rut", help="Whose data, such as 15.482.903-2.")]
AlsoOption = Annotated[
    list[str] | None,
    typer.Option("--also", help="A telephone or e-mail by which the person is known without their RUT."),
]
ReportOption = Annotated[Path | None, typer.Option("--report", help="Write it here as JSON, readable by you alone.")]

_TIMEOUT = 300
_ELSEWHERE = (
    "Redis holds ids of messages, no words: they expire within 24 hours.",
    "Logs hold no personal data.",
    "Documents and answers for the assistant are the office's, and were not searched: ./munbot knowledge list.",
    "n8n, where it is used: what failed there goes after 72 hours, what waits for it after 7 days at most.",
)


@app.command()
def find(
    rut: RutOption,
    also: AlsoOption = None,
    tenant: TenantOption = "",
    report: ReportOption = None,
    project: ProjectOption = "",
) -> None:
    """List what there is of a person, by store."""
    from munbot_cli.privacy.owners import Owners

    with _door(project, tenant) as (door, named, _):
        person, found = Owners(door, named).find(_person(rut, also))
    _write(report, {"person": person.model_dump(mode="json"), "found": [one.model_dump(mode="json") for one in found]})
    _print_found(person, found)


@app.command()
def export(
    rut: RutOption,
    report: ReportOption = None,
    also: AlsoOption = None,
    tenant: TenantOption = "",
    project: ProjectOption = "",
) -> None:
    """Give the person all there is of them, as JSON: to a file, or to standard output."""
    from munbot_cli.privacy.owners import Owners

    with _door(project, tenant) as (door, named, _):
        owners = Owners(door, named)
        person, _found = owners.find(_person(rut, also))
        records: dict[str, Any] = {}
        for answer in owners.export(person):
            records |= answer.records
    content = {"exported_at": _now(), "tenant": named, "rut": person.rut, "records": records}
    if report:
        _write(report, content)
        console.print(
            f"{sum(map(len, records.values()))} records from {len(records)} stores are in {escape(str(report))}"
        )
    else:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=1))


@app.command()
def rectify(  # noqa: PLR0917 - typer calls it by name
    rut: RutOption,
    name: Annotated[str, typer.Option("--name", help="What the person is called.")] = "",
    phone: Annotated[str, typer.Option("--phone", help="Their telephone.")] = "",
    email: Annotated[str, typer.Option("--email", help="Their e-mail.")] = "",
    tenant: TenantOption = "",
    project: ProjectOption = "",
) -> None:
    """Put a name, telephone or e-mail right in every store."""
    from munbot_common.chile import normalise_phone
    from munbot_contracts.people import Rectification

    from munbot_cli.privacy.owners import Owners

    if not (name or phone or email):
        raise MunbotError("say what is right: --name, --phone or --email")
    try:
        right = {"name": name or None, "phone": normalise_phone(phone) if phone else None, "email": email or None}
    except ValueError as error:
        raise MunbotError(str(error)) from error
    with _door(project, tenant) as (door, named, _):
        owners = Owners(door, named)
        person, _found = owners.find(_person(rut, None))
        answers = owners.rectify(Rectification.model_validate({"person": person, **right}))
    for one in (holding for answer in answers for holding in answer.changed):
        console.print(f"[green]✓[/green] {one.store}: {one.count} put right")
    if not any(answer.changed for answer in answers):
        console.print("There was nothing to put right.")


@app.command()
def erase(  # noqa: PLR0917 - typer calls it by name
    rut: RutOption,
    also: AlsoOption = None,
    tenant: TenantOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    report: ReportOption = None,
    project: ProjectOption = "",
) -> None:
    """Erase a person from every store; again does no harm, and goes on where an earlier call ended."""
    from munbot_cli.privacy.owners import Owners

    with _door(project, tenant) as (door, named, instance):
        owners = Owners(door, named)
        person, found = owners.find(_person(rut, also))
        if not yes:
            _print_found(person, found)
            if not typer.confirm(f"Erase {person.rut} from {named}? It cannot be undone."):
                raise typer.Exit(1)
        backups = _instance(instance).tool("note-erasure", said=json.dumps({"tenant": named, "rut": person.rut}))
        with console.status("erasing …") as status:
            done = owners.erase(person, lambda line: status.update(f"erasing: {line}"))
    _write(report, _report_of(named, done, backups["backups"]))
    _print_erasing(done, backups["backups"])
    if done.left:
        raise typer.Exit(1)


@app.command()
def reapply(
    since: Annotated[
        str, typer.Option("--since", help="When the restored backup was begun; else all are looked for.")
    ] = "",
    project: ProjectOption = "",
) -> None:
    """Erase again whom an older backup brought back; `restore` does it by itself."""
    instance = Project.load(project or None)
    erase_again(_instance(instance), since=since)


def erase_again(one: Instance, *, since: str = "") -> int:
    """Erase those who were erased after a backup was begun and are there again; returns how many.

    Args:
        one: the instance; it runs.
        since: when the backup was begun; those who were erased before it and are in it came back by themselves.
    """
    from munbot_contracts.people import Marks, Person

    from munbot_cli.privacy.owners import Owners

    known = one.tool("erasures")
    begun = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
    marks = tuple(each["mark"] for each in known["erasures"] if datetime.fromisoformat(each["at"]) >= begun)
    count = 0
    if marks:
        headers = {"Authorization": f"Bearer {service_token(one.project)}"}
        with httpx.Client(base_url=one.url, headers=headers, timeout=_TIMEOUT) as door:
            for tenant in tenants_of(door):
                owners = Owners(door, tenant)
                for rut in owners.match(Marks(key=known["key"], marks=marks)):
                    person, _found = owners.find(Person(rut=rut))
                    if owners.erase(person).left:
                        raise MunbotError("somebody who was erased is still there: ./munbot privacy reapply")
                    count += 1
    console.print(
        f"[green]✓[/green] {count} of {len(marks)} people who had been erased were back, and are erased again."
    )
    return count


def _person(rut: str, also: list[str] | None) -> Person:
    from munbot_common.chile import normalise_phone, normalise_rut
    from munbot_contracts.people import Person

    try:
        phones = [normalise_phone(one) for one in also or [] if "@" not in one]
        return Person(rut=normalise_rut(rut), phones=phones, emails=[one for one in also or [] if "@" in one])
    except ValueError as error:
        raise MunbotError(str(error)) from error


@contextmanager
def _door(project: str, tenant: str) -> Iterator[tuple[httpx.Client, str, Project]]:
    instance = Project.load(project or None)
    headers = {"Authorization": f"Bearer {service_token(instance)}"}
    address = f"http://127.0.0.1:{instance.port('nginx', 8080)}"
    with httpx.Client(base_url=address, headers=headers, timeout=_TIMEOUT) as client:
        yield client, tenant or default_tenant(instance), instance


def _instance(project: Project) -> Instance:
    mode = running_mode(project, find_engine(os.environ))
    return NativeInstance(project) if mode is Mode.NATIVE else ContainerInstance(project)


def _write(report: Path | None, content: Any) -> None:
    if report is None:
        return
    handle = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _report_of(tenant: str, done: Erasing, backups: list[str]) -> dict[str, Any]:
    """Return the report of an erasure. It names nobody: it is to be kept."""
    from munbot_cli.privacy.owners import counted

    return {
        "erased_at": _now(),
        "tenant": tenant,
        "stores": counted(done.answers),
        "kept": [one.model_dump(mode="json") for one in _kept(done.answers)],
        "left": [one.model_dump(mode="json", exclude={"known"}) for one in done.left],
        "elsewhere": [*_ELSEWHERE, _about_backups(backups)],
    }


def _kept(answers: list[Erased]) -> list[Any]:
    return list({(one.store, one.reason): one for answer in answers for one in answer.kept}.values())


def _about_backups(backups: list[str]) -> str:
    if not backups:
        return "There is no backup."
    return (
        f"{len(backups)} backups made until now hold the person until they are rotated out ({backups[-1]} to "
        f"{backups[0]}); what is restored from one is erased again."
    )


def _print_found(person: Person, found: list[Found]) -> None:
    table = Table(box=box.SIMPLE)
    table.add_column("store", no_wrap=True)
    table.add_column("theirs", justify="right")
    table.add_column("names them", justify="right")
    for answer in found:
        for one in answer.holdings:
            table.add_row(escape(one.store), str(one.count), "")
        for one in answer.mentions:
            table.add_row(escape(one.store), "", str(one.count))
    if not any(answer.total for answer in found):
        console.print("There is nothing of this person.")
        return
    console.print(table)
    counts = {name: len(getattr(person, name)) for name in ("names", "phones", "emails", "conversations")}
    console.print(f"known by {', '.join(f'{count} {name}' for name, count in counts.items())}")


def _print_erasing(done: Erasing, backups: list[str]) -> None:
    from munbot_cli.privacy.owners import counted

    table = Table(box=box.SIMPLE)
    for name in ("store", "erased", "cleaned"):
        table.add_column(name, justify="left" if name == "store" else "right", no_wrap=True)
    for store, sums in counted(done.answers).items():
        table.add_row(escape(store), str(sums["erased"] or ""), str(sums["cleaned"] or ""))
    console.print(table)
    for one in _kept(done.answers):
        console.print(f"stays: {one.count} in {one.store}. {escape(one.reason)}", soft_wrap=True)
    for line in (*_ELSEWHERE, _about_backups(backups)):
        console.print(f"[dim]{line}[/dim]", soft_wrap=True)
    if done.left:
        places = ", ".join(one.store for answer in done.left for one in (*answer.holdings, *answer.mentions))
        console.print(f"[red]still there: {places}. Call it again.[/red]", soft_wrap=True)
    else:
        console.print(f"[green]✓[/green] nothing is left, after {done.passes} passes")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
