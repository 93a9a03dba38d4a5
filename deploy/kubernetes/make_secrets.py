"""Print the Secrets that the workloads mount, for ``kubectl apply --server-side -f -``.

Run as ``uv run python deploy/kubernetes/make_secrets.py FOLDER [--servers]``. The folder is the master copy: what is
missing in it is generated and what is there is kept, so passwords of servers of your own are put there first. Keep it:
it is what a renewal and a restored cluster start from.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml
from munbot_common.secrets import READERS, generate_secrets

__all__ = ["SERVERS", "main", "secrets_of"]

NAMESPACE = "munbot"
SERVERS = ("postgres", "redis", "rabbitmq", "mongo", "minio")
"""Readers that only the component `infrastructure` has."""
ABSENT = ("n8n", "n8n_access")
"""Readers of what the cluster does not run."""
BACKUP = "backup"
"""Sees the whole folder: it saves it, sealed to the recovery key."""


def secrets_of(folder: Path, *, servers: bool) -> list[dict[str, Any]]:
    """Return one Secret for each reader, with the files that it may see.

    Args:
        folder: the master copy; completed where something is missing.
        servers: with those of the in-cluster servers.
    """
    generate_secrets(folder)
    everything = sorted(file.name for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    left_out = ABSENT if servers else (*ABSENT, *SERVERS)
    readers = {reader: names for reader, names in READERS.items() if reader not in left_out}
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": f"munbot-{reader}",
                "namespace": NAMESPACE,
                "labels": {"app.kubernetes.io/part-of": "munbot"},
            },
            "type": "Opaque",
            "stringData": {name: (folder / name).read_text(encoding="utf-8") for name in names},
        }
        for reader, names in {**readers, BACKUP: everything}.items()
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print the Secrets; return the exit code."""
    parser = argparse.ArgumentParser(description="Print the Secrets that the workloads mount.")
    parser.add_argument("folder", type=Path, help="the master copy, outside of the repository or ignored by it")
    parser.add_argument("--servers", action="store_true", help="with those of the in-cluster servers (overlay small)")
    options = parser.parse_args(arguments)
    yaml.safe_dump_all(secrets_of(options.folder, servers=options.servers), sys.stdout, sort_keys=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
