"""./munbot backup, backups, restore, recovery-drill and recovery-key."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.commands.privacy import erase_again
from munbot_cli.containers.detection import find_engine
from munbot_cli.containers.mode import Mode, running_mode
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console
from munbot_cli.project import Project
from munbot_cli.recovery.containers import ContainerInstance
from munbot_cli.recovery.drill import Report, drill_project, one_at_a_time, run_drill
from munbot_cli.recovery.instance import Instance, Tell
from munbot_cli.recovery.keys import default_key_file, ensure_key, make_key, read_key
from munbot_cli.recovery.native import NativeInstance

__all__ = ["backup", "backups", "recovery_drill", "recovery_key", "restore"]

NativeOption = Annotated[bool, typer.Option("--native", help="Without containers, whatever engine there is.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
KeyOption = Annotated[
    Path | None, typer.Option("--key", help="File with the recovery key; by default the demo's own beside its data.")
]
NewSecretsOption = Annotated[
    bool, typer.Option("--new-secrets", help="Do without the sealed secrets: what only they open stays shut.")
]
BackupArgument = Annotated[str, typer.Argument(help="Its name, as ./munbot backups lists it.")]


def backup(project: ProjectOption = "", as_json: JsonOption = False) -> None:
    """Save everything now: databases, complaints, files, broker's definitions, Rasa's model, sealed secrets."""
    instance = Project.load(project or None)
    one = _running(instance)
    ensure_key(one)
    with _telling("saving", quiet=as_json) as tell:
        saved = one.tool("save", tell=tell)
    if as_json:
        _print_json(saved)
        return
    console.print(
        f"[green]✓[/green] backup [bold]{saved['name']}[/bold] in {saved['seconds']:.1f} s: "
        f"{saved['databases']} databases with {saved['rows']:,} rows, {saved['documents']:,} documents, "
        f"{saved['versions']:,} files ({_size(saved['new_bytes'])} new), "
        f"secrets {'sealed' if saved['secrets'] else 'left out'}",
        soft_wrap=True,
    )
    if saved["waiting"]:
        console.print(f"[dim]{saved['waiting']} messages were on their way in the broker; those are not saved.[/dim]")
    if saved["missing_files"]:
        console.print(
            f"[red]{saved['missing_files']} files that complaints name are missing in the object store.[/red]"
        )


def backups(project: ProjectOption = "", native: NativeOption = False, as_json: JsonOption = False) -> None:
    """List backups, newest first, and the last recovery drills."""
    found = _either(Project.load(project or None), native=native).tool("list")
    if as_json:
        _print_json(found)
        return
    if not found["backups"]:
        console.print("There is no backup yet: ./munbot backup")
        return
    table = Table(box=box.SIMPLE)
    for name in ("backup", "took", "rows", "documents", "files", "size", "new", "secrets", "code"):
        table.add_column(name, justify="left" if name in {"backup", "secrets", "code"} else "right", no_wrap=True)
    for item in found["backups"]:
        if "error" in item:
            table.add_row(item["name"], f"[red]{escape(item['error'])}[/red]")
            continue
        code = item["commit"] or item["version"]
        counts = [f"{item[name]:,}" for name in ("rows", "documents", "versions")]
        sizes = [_size(item["bytes"]), _size(item["new_bytes"])]
        table.add_row(
            item["name"], f"{item['seconds']:.1f} s", *counts, *sizes, "sealed" if item["secrets"] else "none", code
        )
    console.print(table)
    for drill in found["drills"]:
        state = "[green]good[/green]" if drill["passed"] else f"[red]failed: {escape(drill['failure'])}[/red]"
        console.print(f"drill {drill['at'][:16].replace('T', ' ')} of {drill['backup']}: {state}", soft_wrap=True)


def restore(  # noqa: PLR0917 - typer calls it by name
    name: BackupArgument = "latest",
    project: ProjectOption = "",
    force: Annotated[bool, typer.Option("--force", help="Although there is data: it is set aside first.")] = False,
    key: KeyOption = None,
    new_secrets: NewSecretsOption = False,
    no_start: Annotated[bool, typer.Option("--no-start", help="Leave the services down afterwards.")] = False,
    source: Annotated[
        str, typer.Option("--from", help="Take the backup of another instance, such as a moved one.")
    ] = "",
    native: NativeOption = False,
) -> None:
    """Bring a backup back into an instance that is not there, and start it."""
    instance = Project.load(project or None)
    one = _either(instance, native=native, namespace=source)
    begun = time.monotonic()
    if not force and one.running:
        raise MunbotError(f"«{instance.name}» is running: ./munbot down first, and --force to replace its data")
    if not force and one.kept:
        raise MunbotError(f"«{instance.name}» has data ({one.kept}): --force sets them aside and restores")
    with _telling("verifying", quiet=False) as tell:
        found = one.tool("verify", name, tell=tell)
        private = _private_key(one, found, key, new_secrets=new_secrets)
        if private:
            one.tool("unseal", found["name"], "--check", said=private)
    if one.running or one.kept:
        console.print(f"What was there is {one.set_aside()}.", soft_wrap=True)
    one.make_secrets()
    if private:
        one.tool("unseal", found["name"], said=private)
        one.make_secrets()
    one.start_stores()
    with _telling("restoring", quiet=False) as tell:
        restored = one.tool("restore", found["name"], "--verified", tell=tell)
    _print_differences(restored["compared"])
    told = "all as they were" if restored["same"] else "[red]not all as they were[/red]"
    console.print(
        f"[green]✓[/green] {found['name']} is back after {time.monotonic() - begun:.0f} s: "
        f"{len(restored['compared'])} tables, collections and buckets compared, {told}",
        soft_wrap=True,
    )
    if not no_start:
        try:
            one.start()
        except MunbotError as error:
            raise MunbotError(f"{error}. The data are back: ./munbot up --no-seed goes on with the start") from error
        console.print(f"[green]✓[/green] «{instance.name}» answers after {time.monotonic() - begun:.0f} s.")
        erase_again(one, since=found["started_at"])
    else:
        console.print(f"After the start: ./munbot privacy reapply --since {found['started_at']}", soft_wrap=True)
    if not restored["same"]:
        raise typer.Exit(1)


def recovery_drill(  # noqa: PLR0917 - typer calls it by name
    name: BackupArgument = "latest",
    project: ProjectOption = "",
    key: KeyOption = None,
    new_secrets: NewSecretsOption = False,
    native: NativeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Prove that the newest backup works: a second instance, the same data, a booking, a folio; then it is removed."""
    instance = Project.load(project or None)
    home = _either(instance, native=native)
    with one_at_a_time(instance):
        found = home.tool("show", name)
        private = _private_key(home, {**found, "secrets": found["secrets_part"]}, key, new_secrets=new_secrets)
        second = type(home)(drill_project(instance), instance.name)
        with _telling("drill", quiet=as_json, lines=True) as tell:
            if as_json:
                console.quiet = True
            try:
                report = run_drill(second, found["name"], private, new_secrets=new_secrets, tell=tell)
            finally:
                console.quiet = False
    result = report.as_json()
    noted = {name: result[name] for name in ("passed", "backup", "rpo_seconds", "rto_seconds", "failure")}
    home.tool("note-drill", said=json.dumps(noted))
    if as_json:
        _print_json(result)
    else:
        _print_report(report)
    if not report.passed:
        raise typer.Exit(1)


def recovery_key(
    project: ProjectOption = "",
    out: Annotated[Path | None, typer.Option("--out", help="Make a key; its private half goes into this file.")] = None,
    public: Annotated[str, typer.Option("--public", help="Seal to this public key (age1…) from now on.")] = "",
    native: NativeOption = False,
) -> None:
    """Make, give or show the key that opens the secrets in backups."""
    instance = Project.load(project or None)
    one = _either(instance, native=native)
    if out and public:
        raise MunbotError("--out makes a key, --public takes one: choose")
    if out:
        make_key(one, out)
    elif public:
        console.print(f"Secrets are sealed to {one.tool('recipient', said=public)['public']} from the next backup on.")
    else:
        ensure_key(one)
        console.print(f"Secrets are sealed to {one.secret('recovery_recipient')}.", soft_wrap=True)
        if default_key_file(one).exists():
            console.print(f"Its private half is in {default_key_file(one)}: take it elsewhere.", soft_wrap=True)
    if out or public:
        console.print("Backups made before open with the key of before: keep it as long as them.")


# ---- helpers


def _running(project: Project) -> Instance:
    match running_mode(project, find_engine(os.environ)):
        case Mode.NATIVE:
            return NativeInstance(project)
        case Mode.CONTAINERS:
            return ContainerInstance(project)
        case _:
            raise MunbotError(f"«{project.name}» is not running: ./munbot up first")


def _either(project: Project, *, native: bool, namespace: str = "") -> NativeInstance | ContainerInstance:
    """Give the instance as it runs, or as `up` would start it."""
    finding = find_engine(os.environ)
    mode = running_mode(project, finding) or (Mode.CONTAINERS if finding.answers else Mode.NATIVE)
    if native:
        mode = Mode.NATIVE
    return (NativeInstance if mode is Mode.NATIVE else ContainerInstance)(project, namespace)


def _private_key(one: Instance, backup: dict[str, Any], key: Path | None, *, new_secrets: bool) -> str:
    return read_key(one, key) if backup["secrets"] and not new_secrets else ""


@contextmanager
def _telling(what: str, *, quiet: bool, lines: bool = False) -> Iterator[Tell]:
    """Show what is going on: in a status line on a terminal, as lines where asked."""
    if quiet:
        yield lambda _: None
    elif lines:
        yield lambda line: console.print(f"[dim]{escape(line)}[/dim]")
    else:
        with console.status(f"{what} …") as status:
            yield lambda line: status.update(f"{what}: {escape(line)}")


def _print_report(report: Report) -> None:
    table = Table(title=f"Recovery drill of {report.backup}", title_justify="left", box=box.SIMPLE)
    table.add_column("step")
    table.add_column("seconds", justify="right")
    for name, seconds in report.phases.items():
        table.add_row(name, f"{seconds:.1f}")
    console.print(table)
    _print_differences(report.compared)
    console.print(f"compared: {len(report.compared)} tables, collections, buckets and queues")
    console.print(f"booked {report.booked or 'nothing'}, looked up {report.folio or 'no folio: none was saved'}")
    console.print(f"[bold]RPO {_span(report.rpo)}[/bold] (age of the backup: what would have been lost)")
    console.print(f"[bold]RTO {_span(report.rto)}[/bold] (from nothing until people are answered)")
    if report.passed:
        console.print("[bold green]The drill is good.[/bold green]")
    else:
        console.print(f"[bold red]The drill failed: {escape(report.failure or 'the data differ')}[/bold red]")


def _print_differences(compared: list[dict[str, Any]]) -> None:
    for entry in compared:
        if not entry["same"]:
            console.print(f"[red]{entry['store']} {escape(entry['name'])}: {entry['difference']}[/red]")


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=1))


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _span(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s" if rest >= 60 else f"{rest} s"
