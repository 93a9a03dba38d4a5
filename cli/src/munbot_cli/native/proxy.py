"""Render nginx's templates as the official image's entry point does, with this machine's paths around them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from munbot_cli.compose import load_compose
from munbot_cli.errors import MunbotError
from munbot_cli.native.context import Context, run_logged
from munbot_cli.native.programs import mounted_folders
from munbot_cli.native.rewrite import fill, rewrite_addresses, rewrite_paths

__all__ = ["prepare_nginx", "render_template"]

_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")


def render_template(text: str, variables: Mapping[str, str]) -> str:
    """Replace ``${NAME}`` where NAME is defined, and leave nginx's own variables alone, as envsubst does there."""
    return _VARIABLE.sub(lambda found: variables.get(found["name"], found.group()), text)


def prepare_nginx(context: Context) -> None:
    """Write nginx.conf and the rendered templates, and let nginx itself check them.

    Raises:
        MunbotError: nginx refuses the configuration.
    """
    project = context.project
    service = load_compose(project.root / "docker-compose.yml", project.variables, project.native["infrastructure"])[
        "nginx"
    ]
    folders = mounted_folders(project, service)
    variables = {
        key: rewrite_paths(rewrite_addresses(value, project.ports), folders)
        for key, value in service.environment.items()
    }
    variables |= {
        key: fill(value, context.values) for key, value in project.native["environment"].get("nginx", {}).items()
    }
    variables["LISTEN_HTTP"] = str(project.port("nginx", 8080))
    variables["LISTEN_HTTPS"] = str(project.port("nginx", 8443))
    variables["LISTEN_HEALTH"] = str(project.port("nginx", "health"))
    target = project.run / "nginx"
    target.mkdir(parents=True, exist_ok=True)
    (project.data / "nginx").mkdir(parents=True, exist_ok=True)
    rendered = []
    for template in sorted((project.root / "nginx" / "templates").glob("*.template")):
        path = target / template.name.removesuffix(".template")
        _write(path, render_template(template.read_text(encoding="utf-8"), variables))
        rendered.append(path)
    main = (project.root / "config" / "native" / "nginx.conf").read_text(encoding="utf-8")
    values = {
        "USER": f"user {_worker_user(context)};" if os.geteuid() == 0 else "",
        "DATA": str(project.data / "nginx"),
        "RUN": str(project.run),
        "INCLUDES": "\n    ".join(f"include {path};" for path in rendered if path.suffix == ".conf"),
    }
    _write(target / "nginx.conf", render_template(main, values))
    run_logged(
        ["nginx", "-t", "-q", "-c", str(target / "nginx.conf"), "-p", str(project.data / "nginx"), "-e", "stderr"],
        log=project.log("nginx-check"),
        what="nginx's configuration",
    )
    if not rendered:
        raise MunbotError("nginx/templates holds no template")


def _write(path: Path, text: str) -> None:
    """Write a file only when it changes: nginx is started anew when one of these files is younger."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _worker_user(context: Context) -> str:
    """Choose the workers' user: Debian's, unless it could not walk to the page's files."""
    folder = Path(context.project.root)
    reachable = all(part.stat().st_mode & 0o001 for part in [folder, *folder.parents])
    return "www-data" if reachable else "root"
