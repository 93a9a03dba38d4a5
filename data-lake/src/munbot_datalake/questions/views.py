"""The names that questions use: `events`, and a view of each event type."""

import re

import duckdb
from munbot_contracts import EVENT_TYPES

from munbot_datalake.archive.shapes import COMMON, schema_of, view_name
from munbot_datalake.questions.sources import Found

VIEWS = {view_name(event_type): event_type for event_type in EVENT_TYPES}
"""Event types by the name that questions use."""
ALL = "events"


def named(sql: str) -> list[str]:
    """Return the views whose names occur in a question; a name too many costs time, and nothing else."""
    words = {word.lower() for word in re.findall(r"\w+", sql)}
    return sorted(words & {ALL, *VIEWS})


def make_view(connection: duckdb.DuckDBPyConnection, name: str, found: Found) -> None:
    """Make `events` or the view of one type: its files, then what waits for a file."""
    event_type = None if name == ALL else VIEWS[name]
    schema = COMMON if event_type is None else schema_of(event_type)
    paths = [path for key, some in found.paths.items() if event_type in {None, key} for path in some]
    waiting, columns = quoted_name(f"_{name}"), ", ".join(map(quoted_name, schema.names))
    connection.register(f"_{name}", found.staged(event_type))
    select = f"SELECT {columns} FROM"
    parts = [f"{select} {waiting}"]
    if paths:
        listed = ", ".join(map(quoted, paths))
        if event_type is None:  # what all types share needs no comparing of files
            parts.insert(0, f"{select} read_parquet([{listed}])")
        else:  # columns that a type had not yet are empty in its early files
            files = f"SELECT * FROM read_parquet([{listed}], union_by_name = true)"  # noqa: S608 - names of our own
            parts.insert(0, f"{select} ({files} UNION ALL BY NAME {select} {waiting} WHERE false)")
    connection.execute(f"CREATE TEMP VIEW {quoted_name(name)} AS {' UNION ALL '.join(parts)}")


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
