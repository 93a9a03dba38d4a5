"""The recovery key: its public half is with the instance, its private half with people."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from munbot_cli.errors import MunbotError
from munbot_cli.native.prepare import write_private
from munbot_cli.recovery.instance import Instance

__all__ = ["default_key_file", "ensure_key", "make_key", "read_key"]

_HEADER = """\
# The recovery key of Munbot's instance {name}: it opens the secrets in its backups.
# Keep it on paper or in another building, not with the backups and not on this machine.
# public key: {public}
"""


def default_key_file(instance: Instance) -> Path:
    """Give the place of the demo's key: beside the data, not within."""
    return instance.project.data.parent / f"recovery-key-{instance.namespace}.txt"


def ensure_key(instance: Instance) -> None:
    """Make a key for a demo that has none; in production somebody has to give one.

    Raises:
        MunbotError: it is not a demo, and there is none.
    """
    if _recipient(instance):
        return
    if instance.project.settings.get("MUNBOT_MODE", "demo") != "demo":
        raise MunbotError(
            "backups need a recovery key: ./munbot recovery-key --out FILE makes one, --public age1… takes yours"
        )
    file = default_key_file(instance)
    if file.exists():  # of an instance that is gone: its older backups open with it too
        instance.tool("recipient", said=file.read_text(encoding="utf-8"))
        return
    make_key(instance, file)


def make_key(instance: Instance, file: Path) -> None:
    """Make a key: the private half into a new file, the public one to the instance.

    Raises:
        MunbotError: the file is there, lies within the instance's data, or cannot be written.
    """
    project = instance.project
    if file.exists():
        raise MunbotError(f"{file} is there already: name another file")
    if file.resolve().is_relative_to(project.data):
        raise MunbotError(f"{file} would be lost with the data it is to bring back: name a file outside {project.data}")
    made = instance.tool("new-key")
    try:
        write_private(file, _HEADER.format(name=project.name, public=made["public"]) + made["private"] + "\n")
    except OSError as error:
        raise MunbotError(f"{file} cannot be written: {error.strerror}") from error
    instance.tool("recipient", said=made["public"])
    # On standard error: results may be read by a program, this must be read by a person.
    Console(stderr=True, highlight=False).print(
        f"[bold yellow]The key that opens the secrets in backups is in {file}.[/bold yellow]\n"
        "[bold]Take it to another place and delete it here: whoever has it and a backup has every password, "
        "and without it a lost machine cannot be brought back whole.[/bold]",
        soft_wrap=True,
    )


def read_key(instance: Instance, file: Path | None) -> str:
    """Read the private half.

    Raises:
        MunbotError: it is not there.
    """
    path = file or default_key_file(instance)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        where = f"{path}: {error.strerror}" if file else f"{path} is not there: --key FILE"
        raise MunbotError(f"the recovery key cannot be read: {where}") from error


def _recipient(instance: Instance) -> str:
    try:
        return instance.secret("recovery_recipient")
    except (OSError, MunbotError):
        return ""
