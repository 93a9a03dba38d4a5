"""DuckDB, shut in: it reads the files that it is given and nothing else, with limits on memory and time.

DuckDB's own way to object stores is an extension that it would fetch from the internet, so files are fetched by us and
kept on disk; they never change.
"""

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from munbot_datalake.questions.problems import QuestionRefused, QuestionsBusy, QuestionTooLong
from munbot_datalake.questions.sources import Sources
from munbot_datalake.questions.views import ALL, VIEWS, make_view, named, quoted
from munbot_datalake.texts import say

_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may use."""

    memory_mb: int = 192
    seconds: float = 30.0
    threads: int = 2
    at_once: int = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns as (name, DuckDB's type), rows as JSON has them, and whether there were more."""

    columns: list[tuple[str, str]]
    rows: list[list[Any]]
    truncated: bool
    seconds: float


class Questions:
    """Answers questions in SQL.

    Args:
        sources: finds and fetches what is read.
        limits: of one question, and how many at once.
    """

    def __init__(self, sources: Sources, limits: Limits | None = None) -> None:
        self._sources = sources
        self._limits = limits or Limits()
        self._turns = threading.BoundedSemaphore(self._limits.at_once)

    def ask(
        self,
        sql: str,
        *,
        tenant: str | None = None,
        since: date | None = None,
        parameters: dict[str, Any] | None = None,
        max_rows: int = 10_000,
    ) -> Answer:
        """Answer one question.

        Args:
            sql: one SELECT over `events` and the views of the event types.
            tenant: whose events there are; None: everybody's.
            since: leave out files that hold only earlier days.
            parameters: for `$name` in the question.
            max_rows: of the answer.

        Raises:
            QuestionRefused: it is no reading statement, or names what does not exist.
            QuestionTooLong: it took too long or too much memory.
            QuestionsBusy: others are asking.
        """
        if not self._turns.acquire(timeout=_WAIT_SECONDS):
            raise QuestionsBusy(say("questions.busy"), headers={"Retry-After": "5"})
        try:
            started = time.perf_counter()
            with _told(self._limits):
                columns, rows = self._run(sql, tenant, since, parameters or {}, max_rows)
            return Answer(columns, rows[:max_rows], len(rows) > max_rows, time.perf_counter() - started)
        finally:
            self._turns.release()

    def _run(
        self, sql: str, tenant: str | None, since: date | None, parameters: dict[str, Any], max_rows: int
    ) -> tuple[list[tuple[str, str]], list[list[Any]]]:
        with self._connection() as connection:
            statement = _one_reading(connection, sql)
            wanted = named(statement)
            types = None if ALL in wanted else [VIEWS[name] for name in wanted]
            with self._sources.of(tenant=tenant, types=types, since=since) as found:
                # Without a name it may still ask about names: DESCRIBE, SHOW TABLES.
                for name in wanted or [ALL, *VIEWS]:
                    make_view(connection, name, found)
                _shut_in(connection, [path for paths in found.paths.values() for path in paths])
                watch = threading.Timer(self._limits.seconds, connection.interrupt)
                watch.start()
                try:
                    relation = connection.sql(statement, params=parameters or None)
                    columns = list(zip(relation.columns, map(str, relation.types), strict=True))
                    rows = _first(relation.to_arrow_reader(1_000), max_rows + 1)
                finally:
                    watch.cancel()
        return columns, rows

    def _connection(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(
            config={
                "memory_limit": f"{self._limits.memory_mb}MB",
                "threads": self._limits.threads,
                "temp_directory": "",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            }
        )


class _told:  # noqa: N801 - reads as what it does: with _told(...)
    """Turn DuckDB's errors into problems."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        match error:
            case duckdb.InterruptException():
                raise QuestionTooLong(say("questions.too_long", seconds=round(self._limits.seconds))) from error
            case duckdb.OutOfMemoryException():
                raise QuestionTooLong(say("questions.too_much")) from error
            case duckdb.CatalogException() if "Table with name" in str(error):
                name = str(error).partition("Table with name ")[2].partition(" ")[0]
                known = ", ".join([ALL, *sorted(VIEWS)])
                raise QuestionRefused(say("questions.unknown_table", name=name, known=known)) from error
            case duckdb.Error():
                raise QuestionRefused(say("questions.said", said=str(error).strip())) from error


def _one_reading(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise QuestionRefused(say("questions.one_statement"))
    if statements[0].type not in {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}:
        raise QuestionRefused(say("questions.reading_only"))
    return statements[0].query


def _shut_in(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    """From here on the question reads these files, and nothing can be set otherwise."""
    connection.execute(f"SET allowed_paths = [{', '.join(map(quoted, paths))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _first(batches: pa.RecordBatchReader, count: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        rows.extend([_plain(column[place]) for column in columns] for place in range(batch.num_rows))
        if len(rows) >= count:
            break
    return rows[:count]


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date() | clock_time():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case None | str() | int() | float() | bool():
            return value
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            return str(value)
