"""`python -m munbot_scheduler api|worker|migrate [--seed-demo]`."""

import argparse
import sys

from munbot_common.database import run_migrations
from munbot_common.logs import configure_logging
from munbot_common.worker import run_api

from munbot_scheduler.app import create_app
from munbot_scheduler.seed import seed_demo
from munbot_scheduler.settings import ApiSettings, MigrateSettings, WorkerSettings
from munbot_scheduler.worker import run


def main() -> int:
    """Run one of the service's processes; returns its exit code."""
    parser = argparse.ArgumentParser(prog="munbot_scheduler", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api")
    commands.add_parser("worker")
    commands.add_parser("migrate").add_argument("--seed-demo", action="store_true")
    arguments = parser.parse_args()

    if arguments.command == "api":
        settings = ApiSettings()
        configure_logging(settings.service_name, settings.log_level)
        run_api(create_app(settings), settings)
        return 0
    if arguments.command == "worker":
        worker_settings = WorkerSettings()
        configure_logging(worker_settings.service_name, worker_settings.log_level)
        return run(worker_settings)
    migrate_settings = MigrateSettings()
    configure_logging(migrate_settings.service_name, migrate_settings.log_level)
    run_migrations("munbot_scheduler", migrate_settings.sqlalchemy_url())
    if arguments.seed_demo:
        seed_demo(migrate_settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
