"""python -m munbot_llm models list | pull NAME | find NAME, behind `./munbot models`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from munbot_llm.models.approval import RULES, read_record
from munbot_llm.models.catalogue import CatalogueModel, UnknownModel, catalogue, find_model
from munbot_llm.models.downloads import DownloadError, Fetched, fetch
from munbot_llm.models.files import is_gguf, sha256_of
from munbot_llm.models.hub import HubError, find_file
from munbot_llm.settings import HubSettings

console = Console(stderr=True, highlight=False)

_TIMEOUT = httpx.Timeout(
    30.0, connect=10.0
)  # seconds; of reading: a connection that brings nothing for so long is lost


def main(argv: Sequence[str]) -> int:
    """Do what the arguments say; 0: done, 1: it cannot be done, and the reason was said."""
    parser = argparse.ArgumentParser(prog="munbot_llm models")
    parser.add_argument("--folder", type=Path, required=True, help="where models are kept")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="the catalogue, and what is there")
    for name, text in (("pull", "fetch a model"), ("find", "where a model is, in JSON")):
        action = actions.add_parser(name, help=text)
        action.add_argument("name", help="of the catalogue, OWNER/REPOSITORY/FILE.gguf, or a path")
    arguments = parser.parse_args(argv)
    try:
        match arguments.action:
            case "list":
                show(arguments.folder)
            case "pull":
                pull(arguments.name, arguments.folder)
            case "find":
                path = locate(arguments.name, arguments.folder)
                print(json.dumps({"path": str(path), "sha256": sha256_of(path)}))  # noqa: T201 - for the launcher
    except (HubError, DownloadError, FileNotFoundError) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    except UnknownModel as error:
        names = ", ".join(model.name for model in catalogue())
        console.print(f"no model is called {error}; there are {names}, and OWNER/REPOSITORY/FILE.gguf", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("stopped; the same command goes on from here")
        return 130
    return 0


def show(folder: Path) -> None:
    """Print the catalogue and the files of the folder."""
    table = Table(title="Models", title_justify="left")
    for heading in ("name", "model", "licence", "download", "memory", "context", "Spanish", "here"):
        table.add_column(heading, justify="right" if heading in {"download", "memory", "context"} else "left")
    for model in catalogue():
        table.add_row(
            model.name,
            model.title,
            _checked(model, "licence", model.licence),
            f"~{model.download_gb:.1f} GB",
            f"~{model.memory_gb:.1f} GB",
            _checked(model, "context", f"{model.context:,}"),
            _checked(model, "languages", model.languages),
            "yes" if _of_folder(model, folder) else "",
        )
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
    out.print(table)
    out.print("Sizes are round; * was not read at its source. The hub says name, size and checksum when you pull.")
    there = sorted(path for path in folder.glob("*.gguf")) if folder.is_dir() else []
    for path in there:
        out.print(f"  {path.name}  {path.stat().st_size / 1e9:.2f} GB  {_tried(path)}", markup=False)


def pull(name: str, folder: Path) -> Fetched:
    """Fetch a model with a progress bar; raises UnknownModel, HubError, DownloadError."""
    model = find_model(name)
    settings = HubSettings()
    token = settings.llm_hub_token.get_secret_value() if settings.llm_hub_token else ""
    headers = {"User-Agent": "munbot", **({"Authorization": f"Bearer {token}"} if token else {})}
    with httpx.Client(timeout=_TIMEOUT, headers=headers) as client:
        file = find_file(client, settings.llm_hub_url, model)
        console.print(f"{file.name}: {file.size / 1e9:.2f} GB, SHA-256 {file.sha256} (as the hub says)", soft_wrap=True)
        if model.licence:
            console.print(f"licence: {model.licence}", markup=False)
        with _bar() as bar:
            task = bar.add_task(file.name, total=file.size)
            fetched = fetch(
                client,
                file,
                folder,
                progress=lambda done, _total: bar.update(task, completed=done),
                waiting=lambda: console.print("another ./munbot models pull is fetching it: waiting"),
            )
    said = {"unchanged": "is there already", "resumed": "is complete", "downloaded": "is there"}[fetched.done]
    console.print(f"{fetched.path} {said}; its checksum is right. Next: ./munbot models use {name}", soft_wrap=True)
    return fetched


def locate(name: str, folder: Path) -> Path:
    """Return the file that a name or path means.

    Raises:
        FileNotFoundError: it is not there, or is no GGUF file.
        UnknownModel: no such name.
    """
    given = Path(name).expanduser()
    for path in (given, folder / name):
        if path.is_file():
            if not is_gguf(path):
                raise FileNotFoundError(f"{path} is not a GGUF file")
            return path.resolve()
    if given.suffix == ".gguf" and name.count("/") < 2:  # not OWNER/REPOSITORY/FILE.gguf
        raise FileNotFoundError(f"{given} is not there, nor in {folder}")
    found = _of_folder(find_model(name), folder)
    if found is None:
        raise FileNotFoundError(f"{name} is not there yet: ./munbot models pull {name}")
    return found.resolve()


def _of_folder(model: CatalogueModel, folder: Path) -> Path | None:
    """Return the file of a folder that the model's pattern means."""
    pattern = model.file.rpartition("/")[2].lower()
    stem = model.repository.rpartition("/")[2].lower().removesuffix("-gguf")
    files = folder.glob("*.gguf") if folder.is_dir() else ()
    return next(
        (
            path
            for path in sorted(files)
            if Path(path.name.lower()).match(pattern) and (stem in path.name.lower() or "*" not in pattern)
        ),
        None,
    )


def _checked(model: CatalogueModel, fact: str, text: str) -> str:
    return text if fact in model.checked else f"{text} *"


def _tried(path: Path) -> str:
    record = read_record(path)
    if record is None or record.rules != RULES:
        return "not tried: ./munbot eval model"
    return "may write answers" if record.passed else "may not write answers; summaries only"


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not sys.stderr.isatty(),
    )
