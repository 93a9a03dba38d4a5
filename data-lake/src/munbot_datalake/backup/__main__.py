"""`python -m munbot_datalake.backup …`: what ./munbot backup, restore and recovery-drill run beside the stores.

Results are JSON on the last line of standard output; what goes on is told on standard error.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from munbot_common.logs import configure_logging

from munbot_datalake.backup.catalogue import LATEST, Catalogue
from munbot_datalake.backup.drills import Drill, drills, note_drill
from munbot_datalake.backup.erasures import erasures, key_of, note_erasure, prune
from munbot_datalake.backup.manifest import Manifest
from munbot_datalake.backup.problems import BackupError, BackupUnusable, NoRecoveryKey
from munbot_datalake.backup.restoring import restore
from munbot_datalake.backup.saving import make_backup
from munbot_datalake.backup.sealing import RECIPIENT_FILE, new_key, open_seal, recipient_of, unpack
from munbot_datalake.backup.settings import BackupSettings, TargetSettings
from munbot_datalake.backup.targets import open_target
from munbot_datalake.backup.worker import run

_PERHAPS = ("BACKUP_S3_ACCESS_KEY_FILE", "BACKUP_S3_SECRET_KEY_FILE")
Answer = dict[str, Any] | list[dict[str, Any]]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="munbot_datalake.backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="save every night")
    commands.add_parser("save", help="save now")
    commands.add_parser("list", help="list backups and drills")
    for name, words in (("show", "give a backup's manifest"), ("verify", "read a backup whole")):
        commands.add_parser(name, help=words).add_argument("backup", nargs="?", default=LATEST)
    bring_back = commands.add_parser("restore", help="fill the stores; they must be empty")
    bring_back.add_argument("backup", nargs="?", default=LATEST)
    bring_back.add_argument("--force", action="store_true", help="replace what the stores hold")
    bring_back.add_argument("--verified", action="store_true", help="`verify` was run a moment ago")
    unseal = commands.add_parser("unseal", help="write a backup's secrets; the recovery key comes by standard input")
    unseal.add_argument("backup", nargs="?", default=LATEST)
    unseal.add_argument("--check", action="store_true", help="only see whether the key opens them")
    commands.add_parser("new-key", help="make a recovery key")
    commands.add_parser("recipient", help="keep a key's public half, that comes by standard input")
    commands.add_parser("note-erasure", help="keep that a person was erased: {tenant, rut} by standard input")
    commands.add_parser("erasures", help="list who was erased, as marks, and the marks' key")
    commands.add_parser("note-drill", help="keep a drill's result, that comes by standard input")
    options = parser.parse_args(arguments)
    for name in _PERHAPS:  # a machine that is to be recovered has no secrets yet
        if not Path(os.environ.get(name, "")).is_file():
            os.environ.pop(name, None)
    if options.command == "serve":
        settings = BackupSettings()
        configure_logging(settings.service_name, settings.log_level)
        return run(settings)
    configure_logging("backup", "WARNING")
    try:
        answer = _COMMANDS[options.command](options)
    except BackupError as error:
        sys.stdout.write(json.dumps({"error": str(error), "kind": type(error).__name__}, ensure_ascii=False) + "\n")
        return 1
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _save(_options: argparse.Namespace) -> Answer:
    return _short(make_backup(BackupSettings(), tell=_tell))


def _list(_options: argparse.Namespace) -> Answer:
    target = open_target(TargetSettings())
    catalogue = Catalogue(target)
    found: list[dict[str, Any]] = []
    for name in catalogue.names():
        try:
            found.append(_short(catalogue.read(name)))
        except BackupUnusable as error:
            found.append({"name": name, "error": str(error)})
    return {"backups": found, "drills": [drill.model_dump(mode="json") for drill in drills(target)][:5]}


def _show(options: argparse.Namespace) -> Answer:
    return Catalogue(open_target(TargetSettings())).read(options.backup).model_dump(mode="json")


def _verify(options: argparse.Namespace) -> Answer:
    catalogue = Catalogue(open_target(TargetSettings()))
    manifest = catalogue.read(options.backup)
    return {**_short(manifest), "files": catalogue.verify(manifest)}


def _restore(options: argparse.Namespace) -> Answer:
    restored = restore(BackupSettings(), options.backup, force=options.force, verified=options.verified, tell=_tell)
    return {**restored.model_dump(mode="json"), "same": restored.same}


def _unseal(options: argparse.Namespace) -> Answer:
    """Open the seal into a folder beside, and then put the files in place: a wrong key touches nothing."""
    folder = _secrets_dir()
    catalogue = Catalogue(open_target(TargetSettings()))
    manifest = catalogue.read(options.backup)
    if not manifest.secrets_part:
        raise NoRecoveryKey(f"{manifest.name} holds no secrets: there was no recovery key when it was made")
    sealed = b"".join(catalogue.part(manifest, manifest.secrets_part))
    files = open_seal(sealed, sys.stdin.read())
    if options.check:
        return {"backup": manifest.name, "files": len(files)}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restored-") as beside:
        unpack(files, Path(beside))
        for file in Path(beside).iterdir():
            shutil.move(file, folder / file.name)
    return {"backup": manifest.name, "files": len(files)}


def _new_key(_options: argparse.Namespace) -> Answer:
    private, public = new_key()
    return {"private": private, "public": public}


def _recipient(_options: argparse.Namespace) -> Answer:
    """Accept either half: of a private one only its public half is kept."""
    said = sys.stdin.read().strip()
    public = said if said.startswith("age1") else recipient_of(said)
    unpack({RECIPIENT_FILE: public.encode()}, _secrets_dir())
    return {"public": public}


def _note_drill(_options: argparse.Namespace) -> Answer:
    drill = Drill.model_validate({"at": datetime.now(UTC), **json.loads(sys.stdin.read())})
    note_drill(open_target(TargetSettings()), drill)
    return drill.model_dump(mode="json")


def _note_erasure(_options: argparse.Namespace) -> Answer:
    said = json.loads(sys.stdin.read())
    target = open_target(TargetSettings())
    note_erasure(target, tenant=said["tenant"], rut=said["rut"], at=datetime.now(UTC))
    prune(target)
    return {"backups": [manifest.name for manifest in Catalogue(target).manifests()]}


def _erasures(_options: argparse.Namespace) -> Answer:
    target = open_target(TargetSettings())
    return {"key": key_of(target), "erasures": [one.model_dump(mode="json") for one in erasures(target)]}


def _secrets_dir() -> Path:
    return SecretsFolder().secrets_dir


class SecretsFolder(TargetSettings):
    """Where secrets are written; they are not there yet, so nothing else can be asked for."""

    secrets_dir: Path = Path("/run/secrets")


def _short(manifest: Manifest) -> dict[str, Any]:
    tables = [table for database in manifest.databases.values() for table in database.tables.values()]
    documents = [one.documents for database in manifest.collections.values() for one in database.values()]
    return {
        "name": manifest.name,
        "started_at": manifest.started_at.isoformat(),
        "seconds": round(manifest.seconds, 2),
        "version": manifest.version,
        "commit": manifest.commit,
        "databases": len(manifest.databases),
        "rows": sum(table.rows for table in tables),
        "documents": sum(documents),
        "versions": sum(bucket.versions for bucket in manifest.buckets.values()),
        "bytes": sum(part.size for part in manifest.parts.values()) + sum(b.size for b in manifest.buckets.values()),
        "new_bytes": manifest.new_blob_bytes,
        "waiting": manifest.broker.waiting,
        "secrets": bool(manifest.secrets_part),
        "recipient": manifest.recipient,
        "complaints_with_files": manifest.complaints_with_files,
        "missing_files": len(manifest.missing_files),
    }


_COMMANDS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "save": _save,
    "list": _list,
    "show": _show,
    "verify": _verify,
    "restore": _restore,
    "unseal": _unseal,
    "new-key": _new_key,
    "recipient": _recipient,
    "note-drill": _note_drill,
    "note-erasure": _note_erasure,
    "erasures": _erasures,
}


if __name__ == "__main__":
    sys.exit(main())
