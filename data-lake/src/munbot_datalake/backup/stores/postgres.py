"""PostgreSQL: every database by `pg_dump -Fc`, counted in the very snapshot that is dumped."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from munbot_datalake.backup.manifest import Database, Part, Table
from munbot_datalake.backup.problems import BackupError, StoreNotEmpty
from munbot_datalake.backup.targets import Target
from munbot_datalake.backup.targets.base import CHUNK

__all__ = ["Postgres"]

Connection = psycopg2.extensions.connection

_ORDER = ("scheduler", "conversations", "rasa", "whatsapp", "notifications", "datalake")
"""Who writes an event comes before who reads it: what one has handed over, the other has by then. Others come last."""
_LOCK = 0x4D554E42
_LIBPQ = "munbot-backup"

_DATABASES = """
SELECT datname, pg_get_userbyid(datdba) FROM pg_database
 WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres'
"""
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2
"""
# The text of a row depends on these.
_STEADY = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1"


class Postgres:
    """The server, as its superuser.

    Args:
        dsn: a URL with the password.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of backup and restore, so that no two run at once.

        Raises:
            BackupError: another one runs.
        """
        with self._connect("postgres") as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,))
            if not _value(cursor):
                raise BackupError("another backup or restore of this instance is running")
            try:
                yield
            finally:
                # The server notices a closed connection somewhat later; who comes next need not wait for that.
                with suppress(psycopg2.Error):
                    cursor.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))

    def version(self) -> str:
        """Return the server's version."""
        with self._connect("postgres") as connection, connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return str(_value(cursor))

    def databases(self) -> dict[str, str]:
        """Return the owner of each database, in the order of saving."""
        with self._connect("postgres") as connection, connection.cursor() as cursor:
            cursor.execute(_DATABASES)
            found = {str(name): str(owner) for name, owner in cursor.fetchall()}
        ranks = {name: rank for rank, name in enumerate(_ORDER)}
        return {name: found[name] for name in sorted(found, key=lambda name: (ranks.get(name, len(ranks)), name))}

    def save(self, name: str, owner: str, target: Target, folder: str) -> tuple[Database, Part]:
        """Dump one database, and count its tables in the same snapshot.

        Args:
            name: the database.
            owner: its role.
            target: where to.
            folder: of the backup.
        """
        with self._connect(name, autocommit=False) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = str(_value(cursor))
            part_name = f"postgres/{name}.dump"
            command = ["pg_dump", "--format=custom", "--compress=3", f"--snapshot={snapshot}", "--no-password"]
            part = target.put(f"{folder}/{part_name}", self._output([*command, f"--dbname={name}"]))
            tables = _count(cursor)
            saved = Database(part=part_name, owner=owner, migration=_migration(cursor, tables), tables=tables)
        return saved, part

    def count(self, name: str) -> dict[str, Table]:
        """Count the tables of a database as it is now; empty without such a database."""
        if name not in self.databases():
            return {}
        with self._connect(name, autocommit=False) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return _count(cursor)

    def filled(self) -> list[str]:
        """Return the databases that have tables."""
        return [name for name in self.databases() if self._has_tables(name)]

    def make(self, name: str, owner: str, *, force: bool) -> None:
        """Have an empty database of that name.

        Raises:
            StoreNotEmpty: it has tables, and `force` is not set.
        """
        exists = name in self.databases()
        if exists and self._has_tables(name):
            if not force:
                raise StoreNotEmpty(f"the database {name} has tables")
            self._do(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            exists = False
        with self._connect("postgres") as connection, connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", (owner,))
            known = cursor.fetchone() is not None
        if not known:  # its password is set by init.sh at the next start
            self._do(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(owner)))
        if not exists:
            made = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
            self._do(made)
            self._do(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))

    def restore(self, name: str, chunks: Iterable[bytes]) -> None:
        """Fill an empty database from a dump, all of it or nothing.

        Raises:
            BackupError: `pg_restore` does not like the dump.
        """
        command = [_program("pg_restore"), "--exit-on-error", "--single-transaction", f"--dbname={name}"]
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                [*command, "--no-password"], stdin=subprocess.PIPE, stderr=errors, env=self._environment()
            )
            try:
                assert process.stdin is not None
                for chunk in chunks:
                    process.stdin.write(chunk)
                process.stdin.close()
            except BrokenPipeError:
                pass  # its own words say why
            except BaseException:
                process.kill()  # a dump that was cut off must not be taken for a whole one
                process.wait()
                raise
            if process.wait():
                raise BackupError(f"{name}: {_last_line(errors)}")

    # ---- plumbing

    def _has_tables(self, name: str) -> bool:
        with self._connect(name) as connection, connection.cursor() as cursor:
            cursor.execute(_TABLES)
            return cursor.fetchone() is not None

    def _output(self, command: list[str]) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                [_program(command[0]), *command[1:]], stdout=subprocess.PIPE, stderr=errors, env=self._environment()
            )
            try:
                assert process.stdout is not None
                while chunk := process.stdout.read(CHUNK):
                    yield chunk
            except BaseException:
                process.kill()
                process.wait()
                raise
            if process.wait():
                raise BackupError(f"{command[0]}: {_last_line(errors)}")

    def _environment(self) -> dict[str, str]:
        """Give libpq's variables: the password is on no command line."""
        parts = urlsplit(self._dsn)
        address = {"PGHOST": parts.hostname, "PGPORT": str(parts.port or 5432), "PGUSER": parts.username}
        with psycopg2.connect(self._dsn) as connection:
            password = connection.info.password
        found = {**address, "PGPASSWORD": password, "PGAPPNAME": _LIBPQ}
        return {**os.environ, **{name: value for name, value in found.items() if value}}

    @contextmanager
    def _connect(self, database: str, *, autocommit: bool = True) -> Iterator[Connection]:
        try:
            connection = psycopg2.connect(
                urlunsplit(urlsplit(self._dsn)._replace(path=f"/{database}")),
                connect_timeout=10,
                application_name=_LIBPQ,
            )
        except psycopg2.OperationalError as error:
            raise BackupError(f"PostgreSQL does not let us in: {str(error).strip().splitlines()[-1]}") from error
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(_STEADY)
            connection.autocommit = autocommit
            yield connection
        finally:
            connection.close()

    def _do(self, statement: sql.Composable) -> None:
        with self._connect("postgres") as connection, connection.cursor() as cursor:
            cursor.execute(statement)


def _count(cursor: psycopg2.extensions.cursor) -> dict[str, Table]:
    cursor.execute(_TABLES)
    found: dict[str, Table] = {}
    for schema, name in cursor.fetchall():
        counting = "SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text FROM {} AS row"
        cursor.execute(sql.SQL(counting).format(sql.Identifier(schema, name)))
        row = cursor.fetchone()
        assert row is not None
        found[f"{schema}.{name}"] = Table(rows=int(row[0]), checksum=str(row[1]))
    return found


def _migration(cursor: psycopg2.extensions.cursor, tables: dict[str, Table]) -> str:
    name = next((name for name in sorted(tables) if name.endswith(".alembic_version")), "")
    if not name:
        return ""
    cursor.execute(sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(*name.split("."))))
    return ", ".join(sorted(str(row[0]) for row in cursor.fetchall()))


def _value(cursor: psycopg2.extensions.cursor) -> object:
    row = cursor.fetchone()
    return row[0] if row else None


def _program(name: str) -> str:
    """Find a program of PostgreSQL; Debian keeps the server's own beside it."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(beside[0]) if beside else shutil.which(name)
    if not found:
        raise BackupError(f"{name} is not installed")
    return found


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it ended without a word"
