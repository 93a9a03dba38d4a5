"""The init container's script against the real stores and the services' real migrations."""

import importlib.util
from pathlib import Path
from uuid import uuid4

import pytest
from munbot_common.database import run_migrations
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool


@pytest.fixture
def script():
    path = Path(__file__).parents[2] / "base" / "await_schema.py"
    spec = importlib.util.spec_from_file_location("await_schema", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_postgresql(script, postgres_database):
    engine = create_engine(postgres_database, poolclass=NullPool)
    assert script.missing_revisions("munbot_scheduler", engine)
    run_migrations("munbot_scheduler", postgres_database)
    assert script.missing_revisions("munbot_scheduler", engine) == ""


def test_the_archive_and_its_buckets(script, postgres_database, s3, monkeypatch):
    from munbot_datalake import buckets
    from munbot_datalake.settings import StoreSettings
    from munbot_datalake.store import make_client

    endpoint, access, secret = s3
    values = {"DATABASE_URL": postgres_database, "S3_ENDPOINT": endpoint, "S3_ACCESS_KEY": access}
    values |= {"S3_SECRET_KEY": secret, "LAKE_BUCKET": f"await-{uuid4().hex[:12]}"}
    for variable, value in values.items():
        monkeypatch.setenv(variable, value)
    assert script.missing_archive() not in {"", values["LAKE_BUCKET"]}
    run_migrations("munbot_datalake", postgres_database)
    assert values["LAKE_BUCKET"] in script.missing_archive()
    settings = StoreSettings()
    client = make_client(settings)
    buckets.ensure(client, settings)
    assert script.missing_archive() == ""
    client.remove_bucket(values["LAKE_BUCKET"])


def test_mongodb_and_the_bucket(script, mongo_database, s3, monkeypatch):
    from munbot_complaints import migrate
    from munbot_complaints.settings import StoreSettings

    (url, name), (endpoint, access, secret) = mongo_database, s3
    values = {"MONGO_URL": url, "MONGO_DATABASE": name, "S3_ENDPOINT": endpoint, "S3_ACCESS_KEY": access}
    values |= {"S3_SECRET_KEY": secret, "ATTACHMENTS_BUCKET": f"await-{name.replace('_', '-')}"}
    for variable, value in values.items():
        monkeypatch.setenv(variable, value)
    assert script.missing_indexes().startswith("complaints.")
    migrate.run(StoreSettings(), seed_demo=False)
    assert script.missing_indexes() == ""
