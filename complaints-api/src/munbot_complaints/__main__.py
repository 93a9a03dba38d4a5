"""python -m munbot_complaints api | worker | migrate [--seed-demo]."""

import argparse
import sys

from munbot_common.logs import configure_logging
from munbot_common.worker import run_api

from munbot_complaints import migrate, worker
from munbot_complaints.app import create_app
from munbot_complaints.settings import ApiSettings, StoreSettings, WorkerSettings


def main() -> int:
    """Run what the first argument names."""
    parser = argparse.ArgumentParser(prog="munbot_complaints")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="serve HTTP")
    commands.add_parser("worker", help="relay events, sweep deadlines and uploads")
    migration = commands.add_parser("migrate", help="create indexes and the bucket")
    migration.add_argument("--seed-demo", action="store_true", help="load the demo's categories and complaints")
    arguments = parser.parse_args()
    if arguments.command == "api":
        settings = ApiSettings()
        configure_logging(settings.service_name, settings.log_level)
        run_api(create_app(settings), settings)
        return 0
    if arguments.command == "worker":
        worker_settings = WorkerSettings()
        configure_logging(worker_settings.service_name, worker_settings.log_level)
        return worker.run(worker_settings)
    store_settings = StoreSettings()
    configure_logging(store_settings.service_name, store_settings.log_level)
    migrate.run(store_settings, seed_demo=arguments.seed_demo)
    return 0


if __name__ == "__main__":
    sys.exit(main())
