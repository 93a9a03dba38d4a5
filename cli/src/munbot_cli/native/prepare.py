"""Write the configuration of each real server and make its data folder, before it starts."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from munbot_cli.errors import MunbotError
from munbot_cli.native.context import Context, last_line, run_logged
from munbot_cli.native.proxy import prepare_nginx
from munbot_cli.project import Project

__all__ = ["INITIALISE", "PREPARE", "elsewhere"]

_LOOPBACK = "127.0.0.1"


def reachable_by_others(path: Path) -> bool:
    """Tell whether an unprivileged user can walk to a path."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.exists())


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def elsewhere(project: Project) -> Path:
    """Give the folder of PostgreSQL's data where the server's user cannot walk to the instance's own."""
    digest = hashlib.sha256(str(project.data).encode()).hexdigest()[:12]
    return Path("/var/lib/postgresql") / f"munbot-{project.name}-{digest}"


def prepare_postgres(context: Context) -> None:
    """Make the cluster at first start, owned by an unprivileged user where we are root: the server refuses root."""
    project = context.project
    folder = project.data / "postgres"
    as_root = os.geteuid() == 0
    if as_root and not folder.exists() and not reachable_by_others(project.data):
        # The checkout lies where the server's user cannot go (such as /root): keep the data beside Debian's own.
        elsewhere(project).mkdir(parents=True, exist_ok=True)
        folder.symlink_to(elsewhere(project))
    folder.mkdir(parents=True, exist_ok=True)
    real = folder.resolve()
    context.programs_found["postgres_data"] = str(real)
    if (real / "PG_VERSION").exists():
        return
    user: list[str] = []
    if as_root:
        shutil.chown(real, "postgres", "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    real.chmod(0o700)
    initdb = f"{context.programs_found['postgres']}/initdb"
    # The password goes in through a pipe: the server's user can read none of our files.
    options = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"]
    result = subprocess.run(
        [
            *user,
            "sh",
            "-c",
            'cat | { exec 3<&0; exec "$@" --pwfile=/dev/fd/3; }',
            "sh",
            initdb,
            "-D",
            str(real),
            *options,
        ],
        input=context.secret("postgres_password") + "\n",
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    log = project.log("postgres-initdb")
    log.write_text(result.stdout + result.stderr, encoding="utf-8")
    if result.returncode:
        raise MunbotError(f"PostgreSQL's data folder cannot be made: {last_line(log)}", log=log)


def initialise_postgres(context: Context) -> None:
    """Create the databases and their roles, by the script that the container runs at its first start."""
    project = context.project
    run_logged(
        ["sh", str(project.root / "data-lake" / "postgres" / "init.sh")],
        log=project.log("postgres-init"),
        what="creating PostgreSQL's databases",
        environment={
            "SECRETS_DIR": str(project.secrets),
            "PATH": f"{context.programs_found['postgres']}:{os.environ.get('PATH', '')}",
            "PGHOST": _LOOPBACK,
            "PGPORT": str(project.port("postgres", 5432)),
            "PGUSER": "postgres",
            "PGPASSWORD": context.secret("postgres_password"),
        },
    )


def prepare_redis(context: Context) -> None:
    """Write redis.conf, which holds the password."""
    project = context.project
    folder = project.data / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    write_private(
        project.run / "redis.conf",
        f"bind {_LOOPBACK}\nport {project.port('redis', 6379)}\ndir {folder}\nappendonly yes\n"
        f"requirepass {context.secret('redis_password')}\n",
    )


def prepare_rabbitmq(context: Context) -> None:
    """Put this instance's ports in front of the configuration that the container uses too."""
    project = context.project
    for name in ("data", "log"):
        (project.data / "rabbitmq" / name).mkdir(parents=True, exist_ok=True)
    shared = (project.root / "config" / "rabbitmq" / "rabbitmq.conf").read_text(encoding="utf-8")
    own = (
        f"listeners.tcp.1 = {_LOOPBACK}:{project.port('rabbitmq', 5672)}\n"
        f"management.tcp.ip = {_LOOPBACK}\n"
        f"management.tcp.port = {project.port('rabbitmq', 15672)}\n"
    )
    write_private(project.run / "rabbitmq.conf", own + shared.replace("/run/secrets/", f"{project.secrets}/"))


def prepare_mongo(context: Context) -> None:
    """Create the user at first start: SecantusDB wants it made without access control, then restarted with --auth."""
    project = context.project
    folder = project.data / "mongo"
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / ".munbot-user"
    password = context.secret("mongo_password")
    fingerprint = hashlib.sha256(password.encode()).hexdigest()
    if marker.exists() and marker.read_text() == fingerprint:
        return
    server = context.programs_found["secantusdb"]
    python = str(Path(server).with_name("python"))
    port = str(project.port("mongo", 27017))
    log = project.log("mongo-init")
    with log.open("w") as output:
        process = subprocess.Popen(
            [server, "--host", _LOOPBACK, "--port", port, "--storage-path", str(folder), "--cache-size", "128M"],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        try:
            _wait_for_port(int(port), process, log)
            made = subprocess.run(
                [python, "-c", _CREATE_USER, port],
                input=password,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            output.write(made.stdout + made.stderr)
            if made.returncode:
                raise MunbotError("the document store's user cannot be made", log=log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    marker.write_text(fingerprint)


_CREATE_USER = """
import sys, pymongo
client = pymongo.MongoClient("127.0.0.1", int(sys.argv[1]), directConnection=True, serverSelectionTimeoutMS=30000)
password = sys.stdin.read()
try:
    client.admin.command("createUser", "munbot", pwd=password, roles=[{"role": "root", "db": "admin"}])
except pymongo.errors.OperationFailure as error:
    if error.code != 51003:  # the user is there: give it the present password
        raise
    client.admin.command("updateUser", "munbot", pwd=password)
"""


def prepare_s3(context: Context) -> None:
    """Write SeaweedFS's identity and its key for encryption at rest."""
    project = context.project
    (project.data / "s3").mkdir(parents=True, exist_ok=True)
    key_file = project.data / "s3" / ".sse-key"
    if not key_file.exists():
        write_private(key_file, secrets.token_hex(32))
    key = key_file.read_text().strip()
    write_private(project.run / "s3.env", f"WEED_S3_SSE_KEY={key}\nWEED_S3_SSE_KEK_PASSPHRASE={key}\n")
    identity = {
        "name": "munbot",
        "credentials": [{"accessKey": context.secret("s3_access_key"), "secretKey": context.secret("s3_secret_key")}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    write_private(project.run / "s3.json", json.dumps({"identities": [identity]}))


def _wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise MunbotError(f"the document store did not start: {last_line(log)}", log=log)
        try:
            with socket.create_connection((_LOOPBACK, port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise MunbotError("the document store did not start within a minute", log=log)


PREPARE: dict[str, Callable[[Context], None]] = {
    "postgres": prepare_postgres,
    "redis": prepare_redis,
    "rabbitmq": prepare_rabbitmq,
    "mongo": prepare_mongo,
    "s3": prepare_s3,
    "nginx": prepare_nginx,
}
INITIALISE: dict[str, Callable[[Context], None]] = {"postgres": initialise_postgres}
