"""python -m munbot_conversations api | worker | migrate [--seed-demo]."""

import argparse
import sys

from munbot_common.database import run_migrations
from munbot_common.logs import configure_logging
from munbot_common.worker import run_api

from munbot_conversations import demo, worker
from munbot_conversations.app import create_app
from munbot_conversations.settings import ApiSettings, MigrateSettings, WorkerSettings


def main(arguments: list[str] | None = None) -> int:
    """Run one of the service's processes; return its exit code."""
    parser = argparse.ArgumentParser(prog="munbot_conversations")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="serve the REST API")
    commands.add_parser("worker", help="store messages, ask Rasa, send replies")
    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.add_argument("--seed-demo", action="store_true", help="add the demo municipalities and logins")
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
    run_migrations("munbot_conversations", settings.sqlalchemy_url())
    if seed:
        demo.seed(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
