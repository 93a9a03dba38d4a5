"""`python -m munbot_datalake api|worker|migrate [--seed-demo]`."""

import argparse
import sys

from munbot_common.database import run_migrations
from munbot_common.logs import configure_logging
from munbot_common.worker import run_api

from munbot_datalake import buckets, worker
from munbot_datalake.app import create_app
from munbot_datalake.images import demo
from munbot_datalake.settings import ApiSettings, MigrateSettings, WorkerSettings
from munbot_datalake.store import make_client


def main(arguments: list[str] | None = None) -> int:
    """Run one of the service's processes; returns its exit code."""
    parser = argparse.ArgumentParser(prog="munbot_datalake", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="answer questions, serve images")
    commands.add_parser("worker", help="archive events")
    migrate = commands.add_parser("migrate", help="bring database and buckets up to date")
    migrate.add_argument("--seed-demo", action="store_true", help="and draw the demo's pictures; refused outside it")
    chosen = parser.parse_args(arguments)
    if chosen.command == "api":
        settings = ApiSettings()
        configure_logging(settings.service_name, settings.log_level)
        run_api(create_app(settings), settings)
        return 0
    if chosen.command == "worker":
        worker_settings = WorkerSettings()
        configure_logging(worker_settings.service_name, worker_settings.log_level)
        return worker.run(worker_settings)
    return _migrate(MigrateSettings(), seed_demo=chosen.seed_demo)


def _migrate(settings: MigrateSettings, *, seed_demo: bool) -> int:
    configure_logging(settings.service_name, settings.log_level)
    run_migrations("munbot_datalake", settings.sqlalchemy_url())
    buckets.ensure(make_client(settings), settings)
    if seed_demo:
        demo.seed(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
