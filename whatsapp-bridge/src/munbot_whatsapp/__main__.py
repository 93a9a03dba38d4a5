"""python -m munbot_whatsapp api | worker | migrate [--seed-demo]."""

import argparse
import sys

from munbot_common.database import run_migrations
from munbot_common.logs import configure_logging
from munbot_common.worker import run_api

from munbot_whatsapp import worker
from munbot_whatsapp.accounts import demo
from munbot_whatsapp.app import create_app
from munbot_whatsapp.settings import ApiSettings, MigrateSettings, WorkerSettings


def main(arguments: list[str] | None = None) -> int:
    """Run one of the bridge's processes; return its exit code."""
    parser = argparse.ArgumentParser(prog="munbot_whatsapp")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="take webhooks, serve the REST API")
    commands.add_parser("worker", help="send messages, fetch files, apply statuses")
    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.add_argument("--seed-demo", action="store_true", help="add the demo's numbers, which live in the simulator")
    chosen = parser.parse_args(arguments)
    if chosen.command == "api":
        settings = ApiSettings()
        configure_logging(settings.service_name, settings.log_level)
        run_api(create_app(settings), settings)
        return 0
    if chosen.command == "worker":
        return worker.run(WorkerSettings())
    return _migrate(MigrateSettings(), seed=chosen.seed_demo)


def _migrate(settings: MigrateSettings, *, seed: bool) -> int:
    configure_logging(settings.service_name, settings.log_level)
    run_migrations("munbot_whatsapp", settings.sqlalchemy_url())
    if seed:
        demo.seed(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
