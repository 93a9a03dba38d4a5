"""python -m munbot_complaints api | worker | migrate [--seed-demo].

Each command imports only what it needs: an idle worker is 20 MB smaller without the API.
"""

import argparse
import sys

from munbot_common.logs import configure_logging

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
        return _api()
    if arguments.command == "worker":
        return _worker()
    return _migrate(seed_demo=arguments.seed_demo)


def _api() -> int:
    from munbot_common.worker import run_api  # noqa: PLC0415

    from munbot_complaints.app import create_app  # noqa: PLC0415

    settings = ApiSettings()
    configure_logging(settings.service_name, settings.log_level)
    run_api(create_app(settings), settings)
    return 0


def _worker() -> int:
    from munbot_complaints import worker  # noqa: PLC0415

    settings = WorkerSettings()
    configure_logging(settings.service_name, settings.log_level)
    return worker.run(settings)


def _migrate(*, seed_demo: bool) -> int:
    from munbot_complaints import migrate  # noqa: PLC0415

    settings = StoreSettings()
    configure_logging(settings.service_name, settings.log_level)
    migrate.run(settings, seed_demo=seed_demo)
    return 0


if __name__ == "__main__":
    sys.exit(main())
