"""The data lake waits for its database and for its buckets: a database of this module's own."""

from uuid import uuid4

from munbot_common.database import run_migrations


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
