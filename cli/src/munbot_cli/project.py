"""One running instance of the platform: its settings, folders and ports."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from munbot_cli.errors import MunbotError
from munbot_cli.interpolation import read_env_file

__all__ = ["DEFAULT_PROJECT", "Project", "find_root"]

DEFAULT_PROJECT = "munbot"
DEFAULT_PORT_BASE = 18000
TEST_PORT_OFFSET = 1000
HIGHEST_PORT = 32767  # the kernel hands out ports above this one to clients
_SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes


def find_root() -> Path:
    """Find the repository that this package was installed from, or MUNBOT_ROOT."""
    if root := os.environ.get("MUNBOT_ROOT"):
        return Path(root).resolve()
    for folder in [Path.cwd(), *Path(__file__).resolve().parents]:
        if (folder / "docker-compose.yml").is_file() and (folder / "config" / "native.yml").is_file():
            return folder
    raise MunbotError("docker-compose.yml was not found: run ./munbot from the repository")


@dataclass(frozen=True)
class Project:
    """Name the folders, settings and ports of one instance.

    Args:
        root: the repository.
        name: the instance; two names run side by side.
        settings: config/.env.example, .env and the environment, the last one winning.
        port_base: the port that the offsets of config/native.yml are added to.
        explicit: the settings that somebody chose, as against the defaults of config/.env.example.
    """

    root: Path
    name: str
    settings: Mapping[str, str]
    port_base: int
    explicit: frozenset[str]

    @classmethod
    def load(
        cls,
        name: str | None = None,
        *,
        root: Path | None = None,
        environment: Mapping[str, str] | None = None,
        port_base: int | None = None,
    ) -> Project:
        """Read the settings and decide name and ports.

        Args:
            name: the instance; MUNBOT_PROJECT by default.
            root: the repository; found by default.
            environment: the process's environment by default.
            port_base: overrides every setting.

        Raises:
            MunbotError: a setting is unusable.
        """
        root = root or find_root()
        environment = os.environ if environment is None else environment
        defaults = read_env_file(root / "config" / ".env.example")
        chosen = {**read_env_file(root / ".env"), **environment}
        settings = {**defaults, **chosen}
        if path := settings.get("LLM_MODEL_PATH"):  # one setting for the two that the compose file mounts by
            model = (root / Path(path).expanduser()).resolve()
            settings |= {"MUNBOT_MODELS_DIR": str(model.parent), "LLM_MODEL": model.name}
        if settings.get("MUNBOT_MODE", "demo") != "demo":
            settings["SIMULATOR_REPLICAS"] = "0"
        name = name or settings.get("MUNBOT_PROJECT") or DEFAULT_PROJECT
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", name):
            raise MunbotError(f"project name {name!r}: use lower-case letters, digits, - and _")
        is_default = name == (settings.get("MUNBOT_PROJECT") or DEFAULT_PROJECT)
        # A line that `cp config/.env.example .env` brought along is not a choice.
        explicit = {key for key, value in chosen.items() if key in environment or defaults.get(key) != value}
        base = port_base or _port_base(name, settings, is_default=is_default)
        if not is_default or port_base:  # its public ports must not be those of the first instance
            explicit -= {"MUNBOT_HTTP_PORT", "MUNBOT_HTTPS_PORT", "MUNBOT_PUBLIC_URL"}
            settings.pop("MUNBOT_PUBLIC_URL", None)
        project = cls(root, name, settings, base, frozenset(explicit))
        project.check_ports()
        return project

    # ---- folders

    @cached_property
    def data(self) -> Path:
        """Give the folder that holds everything this instance keeps."""
        base = Path(self.settings.get("MUNBOT_DATA_DIR") or "var").expanduser()
        return (self.root / base / self.name).resolve()

    @property
    def secrets(self) -> Path:
        """Give the folder of generated secrets."""
        return self.data / "secrets"

    @property
    def logs(self) -> Path:
        """Give the folder with one log file per process."""
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """Give the folder of generated scripts, rendered configuration and pid files."""
        return self.data / "run"

    @cached_property
    def socket(self) -> Path:
        """Give supervisor's socket, in the data folder unless its path would be too long for one."""
        inside = self.run / "supervisor.sock"
        if len(str(inside)) <= _SOCKET_PATH_LIMIT:
            return inside
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"munbot-{os.getuid()}-{digest}" / "supervisor.sock"

    @cached_property
    def cache(self) -> Path:
        """Give the user's cache, shared by every checkout."""
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return Path(base) / "munbot"

    def log(self, process: str) -> Path:
        """Give the log file of one process."""
        return self.logs / f"{process}.log"

    # ---- ports

    @cached_property
    def native(self) -> dict[str, Any]:
        """Give config/native.yml, parsed."""
        content = yaml.safe_load((self.root / "config" / "native.yml").read_text(encoding="utf-8"))
        return dict(content)

    @cached_property
    def ports(self) -> dict[str, int]:
        """Give the native port of every ``service:port`` and ``service:name``."""
        table = {
            f"{service}:{port}": self.port_base + int(offset)
            for service, entries in self.native["ports"].items()
            for port, offset in entries.items()
        }
        for service, entries in self.native.get("public_ports", {}).items():
            for port, entry in entries.items():
                table[f"{service}:{port}"] = self._public_port(entry["variable"], int(entry["offset"]))
        return table

    def port(self, service: str, port: int | str) -> int:
        """Give the native port that stands for a service's container port."""
        try:
            return self.ports[f"{service}:{port}"]
        except KeyError:
            raise MunbotError(f"config/native.yml gives no port to {service}:{port}") from None

    @cached_property
    def variables(self) -> dict[str, str]:
        """Give what the compose file is interpolated with: the settings, with this instance's own ports."""
        own = {
            entry["variable"]: str(self.port(service, port))
            for service, entries in self.native.get("public_ports", {}).items()
            for port, entry in entries.items()
        }
        return {**self.settings, **own, "MUNBOT_PROJECT": self.name}

    @property
    def public_url(self) -> str:
        """Give the address that people type."""
        return self.settings.get("MUNBOT_PUBLIC_URL") or f"http://localhost:{self.port('nginx', 8080)}"

    @property
    def start_timeout(self) -> float:
        """Give the seconds that a start may take: one service natively, all of them together in containers.

        Raises:
            MunbotError: the setting is no number of seconds.
        """
        value = self.settings.get("MUNBOT_START_TIMEOUT") or "240"
        if not value.isdigit() or int(value) == 0:
            raise MunbotError(f"MUNBOT_START_TIMEOUT is {value!r}: a number of seconds is needed")
        return float(value)

    def check_ports(self) -> None:
        """Refuse two names for one port, and ports in the kernel's own range.

        Raises:
            MunbotError: naming the ports at fault.
        """
        taken: dict[int, str] = {}
        for name, port in self.ports.items():
            if not 1 <= port <= HIGHEST_PORT:
                raise MunbotError(f"{name} would listen on port {port}: choose a MUNBOT_NATIVE_PORT_BASE below 32000")
            if port in taken:
                raise MunbotError(f"{name} and {taken[port]} would both listen on port {port}")
            taken[port] = name

    def _public_port(self, variable: str, offset: int) -> int:
        moved = self.port_base != DEFAULT_PORT_BASE
        if moved and variable not in self.explicit:
            return self.port_base + offset
        value = self.settings.get(variable, "")
        if not value.isdigit():
            raise MunbotError(f"{variable} is {value!r}: a port number is needed")
        return int(value)


def _port_base(name: str, settings: Mapping[str, str], *, is_default: bool) -> int:
    value = settings.get("MUNBOT_NATIVE_PORT_BASE") or str(DEFAULT_PORT_BASE)
    if not value.isdigit():
        raise MunbotError(f"MUNBOT_NATIVE_PORT_BASE is {value!r}: a port number is needed")
    if is_default:
        return int(value)
    # A stable base for each further name, in steps wide enough for all offsets.
    return int(value) + TEST_PORT_OFFSET if name == "test" else 20000 + zlib.crc32(name.encode()) % 60 * 200
