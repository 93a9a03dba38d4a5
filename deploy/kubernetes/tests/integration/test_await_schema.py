"""The init container's script against the real stores and the services' real migrations."""

from munbot_common.database import run_migrations
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool


def test_postgresql(script, postgres_database):
    engine = create_engine(postgres_database, poolclass=NullPool)
    assert script.missing_revisions("munbot_scheduler", engine)
    run_migrations("munbot_scheduler", postgres_database)
    assert script.missing_revisions("munbot_scheduler", engine) == ""


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
