"""python -m munbot_notifications api | worker | migrate [--seed-demo] | subscribe."""

import argparse
import sys

from munbot_common.database import run_migrations
from munbot_common.logs import configure_logging
from munbot_common.worker import run_api

from munbot_notifications import worker
from munbot_notifications.app import create_app
from munbot_notifications.officials import demo
from munbot_notifications.settings import ApiSettings, MigrateSettings, WorkerSettings
from munbot_notifications.webhooks import operator


def main(arguments: list[str] | None = None) -> int:
    """Run one of the service's processes; return its exit code."""
    parser = argparse.ArgumentParser(prog="munbot_notifications")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="serve the REST API")
    commands.add_parser("worker", help="hear events, hand notifications over")
    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.add_argument("--seed-demo", action="store_true", help="add the demo's officials")
    subscribe = commands.add_parser("subscribe", help="add a webhook whose secret is in the file WEBHOOK_SECRET_FILE")
    subscribe.add_argument("--tenant", required=True)
    subscribe.add_argument("--url", required=True)
    subscribe.add_argument("--event", action="append", required=True, help="a type; may be given again")
    subscribe.add_argument("--description", default="")
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
    if chosen.command == "subscribe":
        return _subscribe(chosen)
    migrate_settings = MigrateSettings()
    configure_logging(migrate_settings.service_name, migrate_settings.log_level)
    run_migrations("munbot_notifications", migrate_settings.sqlalchemy_url())
    if chosen.seed_demo:
        demo.seed(migrate_settings)
    return 0


def _subscribe(chosen: argparse.Namespace) -> int:
    settings = operator.OperatorSettings()
    configure_logging(settings.service_name, settings.log_level)
    try:
        new = operator.subscribe(
            settings, tenant=chosen.tenant, url=chosen.url, event_types=chosen.event, description=chosen.description
        )
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"webhook of {chosen.tenant} {'added' if new else 'kept'}: {len(chosen.event)} types of events\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
