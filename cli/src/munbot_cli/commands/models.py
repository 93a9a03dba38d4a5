"""./munbot models and ./munbot eval model: language models for this machine.

The work is done by `python -m munbot_llm`, in the same environment; here are the settings and the words around it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.env_file import set_in_env_file
from munbot_cli.errors import MunbotError
from munbot_cli.native.llama import EngineBuild, link_engine
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["app", "evaluate_model", "models_folder"]

app = typer.Typer(help="Fetch, try and choose a language model; without one, answers are quoted.", no_args_is_help=True)

PASSED, NOT_PASSED = 0, 3
_DEMO = Path("config/demo/knowledge/valle-claro")
_QUESTIONS = Path("llm-gateway/calibration/valle-claro.jsonl")
_FROM_SETTINGS = ("LLM_CONTEXT_TOKENS", "LLM_GPU_LAYERS", "LLM_THREADS", "LLM_ANSWER_SECONDS")
_OF_THE_HUB = ("LLM_HUB_URL", "LLM_HUB_TOKEN", "LLM_HUB_TOKEN_FILE")

LimitOption = Annotated[int, typer.Option("--limit", min=0, help="So many questions, spread evenly; 0: all of them.")]


@app.command("list")
def list_models() -> None:
    """Show the catalogue: what each needs, under which licence, and what is here already."""
    raise typer.Exit(_munbot_llm(Project.load(), "list"))


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="Of the catalogue, or OWNER/REPOSITORY/FILE.gguf of the hub.")],
) -> None:
    """Fetch a model; an interrupted download goes on where it stopped, and the hub's checksum is compared."""
    raise typer.Exit(_munbot_llm(Project.load(), "pull", name))


@app.command()
def use(
    name: Annotated[str, typer.Argument(help="Of the catalogue, fetched before, or a path.")],
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even if it may not write answers: for summaries and the API.")
    ] = False,
    limit: LimitOption = 40,
) -> None:
    """Try a model as `eval model` does, say what was found, and set it in .env if it passes."""
    project = Project.load()
    model = _find(project, name)
    code = evaluate_model(project, model.path, limit=limit)
    if code not in {PASSED, NOT_PASSED}:
        raise MunbotError("the model could not be tried, so nothing was changed")
    if code == NOT_PASSED and not anyway:
        raise MunbotError(
            f"{model.path.name} may not write answers, so nothing was changed; "
            f"./munbot models use {name} --anyway takes it for summaries and the API only"
        )
    set_in_env_file(project.root / ".env", settings_for(project, model))
    console.print(f"Set in .env: {model.path.name} from {model.path.parent}", markup=False, soft_wrap=True)
    overriding = [key for key in settings_for(project, model) if key in os.environ]
    if overriding:
        console.print(f"[yellow]The environment sets {', '.join(overriding)} too, and wins over .env.[/yellow]")
    said = "writes answers" if code == PASSED else "is there for summaries and the API; answers stay quoted"
    console.print(f"It {said} after ./munbot up, which starts llm-gateway anew and leaves the rest running.")


@app.command()
def off() -> None:
    """Go back to quoted answers: no model in .env."""
    project = Project.load()
    set_in_env_file(project.root / ".env", {"LLM_MODEL": "", "LLM_MODEL_SHA256": ""})
    console.print("No model is set. ./munbot up starts llm-gateway anew.")


@app.command()
def engine() -> None:
    """Compile llama-cpp-python for this machine, once, and install it beside the platform (some six minutes)."""
    project = Project.load()
    build = EngineBuild.of(project)
    if build.ready:
        done = "unchanged"
    else:
        console.print(f"compiling unless a wheel is in {build.cache / 'wheels'}; log: {build.log}", soft_wrap=True)
        done = build.ensure()
    link_engine(project, build)
    console.print(f"llama-cpp-python {build.version}: {done} ({build.folder})", soft_wrap=True, markup=False)


def evaluate_model(
    project: Project,
    file: Path,
    *,
    limit: int = 0,
    as_json: bool = False,
    documents: Path | None = None,
    questions: Path | None = None,
) -> int:
    """Try a model on questions about the demo's documents.

    Returns:
        0: it may write answers, 3: it may not, else: it could not be tried, and the reason was said.

    Raises:
        MunbotError: the engine is missing and cannot be made.
    """
    build = EngineBuild.of(project)
    if not build.ready:
        console.print(f"[dim]the engine first (log: {build.log})[/dim]", soft_wrap=True)
        build.ensure()
    command = [
        *_PYTHON,
        "evaluate",
        "model",
        str(file),
        "--documents",
        str(documents or project.root / _DEMO),
        "--questions",
        str(questions or project.root / _QUESTIONS),
        "--limit",
        str(limit),
        "--cache",
        str(project.cache / "embeddings.sqlite"),
        *(["--json"] if as_json else []),
    ]
    environment = {name: project.settings[name] for name in _FROM_SETTINGS if project.settings.get(name)}
    return _run(command, {**environment, "LLM_ENGINE_PATH": str(build.folder), "OMP_NUM_THREADS": "1"})


def eval_model(
    model: Annotated[str, typer.Argument(help="A name or path; by default the model that is set.")] = "",
    project: ProjectOption = "",
    limit: LimitOption = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print {passed, measured, criteria} only.")] = False,
) -> None:
    """Try whether a model may write answers, and leave the record beside its file (0: it may, 3: it may not)."""
    instance = Project.load(project or None)
    name = model or instance.settings.get("LLM_MODEL", "")
    if not name:
        raise MunbotError("no model is set: ./munbot eval model NAME-OR-PATH, or ./munbot models list")
    found = _find(instance, name)
    raise typer.Exit(evaluate_model(instance, found.path, limit=limit, as_json=as_json))


@dataclass(frozen=True)
class FoundModel:
    """A GGUF file.

    Args:
        path: where.
        sha256: of its content.
    """

    path: Path
    sha256: str


def models_folder(project: Project) -> Path:
    """Give the folder of models."""
    folder = Path(project.settings.get("MUNBOT_MODELS_DIR") or "var/models").expanduser()
    return (project.root / folder).resolve()


def settings_for(project: Project, model: FoundModel) -> dict[str, str]:
    """Give what .env must say for a model."""
    here = models_folder(project)
    settings = {"LLM_MODEL": model.path.name, "LLM_MODEL_SHA256": model.sha256}
    if model.path.parent != here:
        settings = {"MUNBOT_MODELS_DIR": str(model.path.parent), **settings}
    return settings


def _find(project: Project, name: str) -> FoundModel:
    result = subprocess.run(
        [*_PYTHON, "models", "--folder", str(models_folder(project)), "find", name],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=Path.cwd(),
    )
    if result.returncode:
        raise typer.Exit(1)  # the reason was said
    found: dict[str, Any] = json.loads(result.stdout)
    return FoundModel(Path(found["path"]), str(found["sha256"]))


def _munbot_llm(project: Project, *arguments: str) -> int:
    command = [*_PYTHON, "models", "--folder", str(models_folder(project)), *arguments]
    return _run(command, {name: project.settings[name] for name in _OF_THE_HUB if project.settings.get(name)})


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run a program on our terminal; Ctrl-C reaches it, and it has the last word."""
    with subprocess.Popen(command, env={**os.environ, **environment}) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                console.print(escape("stopping …"))


_PYTHON = [sys.executable, "-m", "munbot_llm"]
