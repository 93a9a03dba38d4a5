"""n8n by npm, for machines without containers: the version of the image, in the user's cache."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from munbot_cli.errors import MunbotError
from munbot_cli.native.context import Context, run_logged
from munbot_cli.native.machine import find_node, locked

__all__ = ["install_n8n"]

OVERRIDES = {"xlsx": "npm:@e965/xlsx@0.20.3", "isolated-vm": "5.0.4"}
"""Of its dependencies one lies outside the registry, and one wants a newer Node.js than 20."""
COMPILED = "isolated-vm"
"""Runs expressions. The other parts that would be compiled serve databases and nodes that are not used here."""


def install_n8n(context: Context) -> Path:
    """Install n8n where it is not yet; some minutes, once. It needs a compiler for C++.

    Returns:
        The folder with the program, which Node.js's own must precede in PATH.

    Raises:
        MunbotError: npm failed, or the image's name ends with no version.
    """
    project = context.project
    version = project.settings["N8N_IMAGE"].rpartition(":")[2]
    if not version[:1].isdigit():
        raise MunbotError(f"N8N_IMAGE must end with a version, not {version!r}")
    folder = project.cache / "n8n" / version
    programs = folder / "node_modules" / ".bin"
    node = find_node(context)
    with locked(project.cache / "n8n" / f"{version}.lock"):
        if not (folder / ".whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            package = {"name": "munbot-n8n", "private": True, "dependencies": {"n8n": version}, "overrides": OVERRIDES}
            (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
            environment = {"PATH": f"{node}:{os.environ.get('PATH', os.defpath)}"}
            if (node.parent / "include" / "node" / "node.h").is_file():  # else node-gyp fetches Node.js's headers
                environment["npm_config_nodedir"] = str(node.parent)
            options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--prefer-offline"]
            for step, command in (("install", ["install", *options]), ("compile", ["rebuild", COMPILED])):
                run_logged(
                    [str(node / "npm"), *command],
                    log=project.log(f"{step}-n8n"),
                    what=f"installing n8n {version} ({step})",
                    cwd=folder,
                    environment=environment,
                )
            (folder / ".whole").touch()
    if not (programs / "n8n").exists():
        raise MunbotError(f"npm brought no program n8n {version}")
    return programs
