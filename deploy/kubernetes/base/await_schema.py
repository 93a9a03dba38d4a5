"""Wait until the stores are what this image's code expects: the init container of everything that migrates.

Run as ``python await_schema.py munbot_scheduler|munbot_datalake|…`` in that service's image, with its settings. The
migration itself is a Job's work. Stores that are newer than the code are waited for no longer, so that an older version
can come back beside migrations that it can live with.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from munbot_common.database import alembic_config, make_engine
from munbot_common.settings import DatabaseSettings, ServiceSettings
from sqlalchemy import Engine

__all__ = ["main", "missing_indexes", "missing_revisions", "wait"]

POLL_SECONDS = 2.0
PATIENCE_SECONDS = 600.0
"""Then the process ends with code 1 and the kubelet starts it anew, which shows in the pod's status."""

Question = Callable[[], str]
"""Says what is missing, or nothing; raises while it cannot be asked."""


class Database(ServiceSettings, DatabaseSettings):
    """Where the database is."""


def missing_revisions(package: str, engine: Engine) -> str:
    """Say which Alembic revision the database lacks.

    Args:
        package: import name of the service, with its migrations inside.
        engine: of its database.
    """
    script = ScriptDirectory.from_config(alembic_config(package, ""))
    with engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_heads()
    known = {revision.revision for revision in script.walk_revisions()}
    if there and not set(there) <= known:
        return ""  # newer than this code
    return ", ".join(sorted(set(script.get_heads()) - set(there)))


def missing_indexes() -> str:
    """Say which indexes of MongoDB, or which bucket, complaints-api lacks."""
    from munbot_complaints import mongo  # noqa: PLC0415 - only its own image has it
    from munbot_complaints.attachments.storage import ObjectStore  # noqa: PLC0415
    from munbot_complaints.indexes import INDEXES  # noqa: PLC0415
    from munbot_complaints.settings import StoreSettings  # noqa: PLC0415

    settings = StoreSettings()
    with mongo.connect(settings, pool_size=1) as client:
        database = mongo.open_database(client, settings)
        for collection, models in INDEXES.items():
            there = [tuple(found["key"].items()) for found in database[collection].list_indexes()]
            for model in models:
                if tuple(model.document["key"].items()) not in there:
                    return f"{collection}.{model.document['name']}"
    ObjectStore(settings).check()
    return ""


def missing_bucket() -> str:
    """Say whether llm-gateway's documents have no place yet."""
    from munbot_llm.knowledge.store import KnowledgeStore  # noqa: PLC0415
    from munbot_llm.settings import StoreSettings  # noqa: PLC0415

    KnowledgeStore(StoreSettings()).listing("-")  # raises without a bucket
    return ""


def missing_archive() -> str:
    """Say which revision of its database, or which bucket, data-lake lacks."""
    from munbot_datalake.buckets import wanted  # noqa: PLC0415 - only its own image has it
    from munbot_datalake.settings import StoreSettings  # noqa: PLC0415
    from munbot_datalake.store import make_client  # noqa: PLC0415

    class Archive(ServiceSettings, StoreSettings):
        """Where the buckets are."""

    settings = Archive()
    if revisions := missing_revisions("munbot_datalake", make_engine(Database())):
        return revisions
    client = make_client(settings, connections=1)
    return ", ".join(bucket.name for bucket in wanted(settings) if not client.bucket_exists(bucket.name))


def wait(
    missing: Question,
    *,
    say: Callable[[str], object],
    sleep: Callable[[float], object] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> bool:
    """Ask until nothing is missing; return False when patience ends.

    Args:
        missing: the question.
        say: told each time the answer changes; never told an address or a value.
        sleep: waits for so many seconds.
        now: seconds of a clock that never goes back.
    """
    deadline, told = now() + PATIENCE_SECONDS, ""
    while True:
        try:
            answer = missing()
        except Exception as error:  # noqa: BLE001 - any failure means "not yet"
            answer = f"no answer ({type(error).__name__})"
        if not answer:
            return True
        if answer != told:
            say(f"waiting for the migration: {answer}\n")
            told = answer
        if now() >= deadline:
            return False
        sleep(POLL_SECONDS)


def main(arguments: list[str]) -> int:
    """Wait for the service that the first argument names; return the exit code."""
    (package,) = arguments
    if package == "munbot_complaints":
        question: Question = missing_indexes
    elif package == "munbot_llm":
        question = missing_bucket
    elif package == "munbot_datalake":
        question = missing_archive
    else:
        question = partial(missing_revisions, package, make_engine(Database()))

    return 0 if wait(question, say=sys.stderr.write) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
