"""python -m munbot_llm api | worker | migrate [--seed-demo] | evaluate answers FILE | evaluate model FILE | models ….

Each command imports only what it needs.
"""

import argparse
import sys
from importlib import import_module

from munbot_common.logs import configure_logging

_WITH_ARGUMENTS_OF_THEIR_OWN = {
    ("models",): "munbot_llm.models.catalogue_commands",
    ("evaluate", "answers"): "munbot_llm.evaluation.answers",
    ("evaluate", "fit"): "munbot_llm.evaluation.fit",
    ("evaluate", "model"): "munbot_llm.answers.generation_commands",
    ("warm",): "munbot_llm.knowledge.warm",
}


def main() -> int:
    """Run what the first argument names."""
    for words, module in _WITH_ARGUMENTS_OF_THEIR_OWN.items():
        if tuple(sys.argv[1 : 1 + len(words)]) == words:
            return int(import_module(module).main(sys.argv[1 + len(words) :]))
    parser = argparse.ArgumentParser(prog="munbot_llm")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="serve HTTP")
    commands.add_parser("worker", help="do queued jobs")
    migration = commands.add_parser("migrate", help="create the bucket")
    migration.add_argument("--seed-demo", action="store_true", help="load the demo's documents")
    arguments = parser.parse_args()
    if arguments.command == "api":
        return _api()
    if arguments.command == "worker":
        return _worker()
    if arguments.command == "migrate":
        return _migrate(seed_demo=arguments.seed_demo)
    return 2


def _api() -> int:
    from munbot_common.worker import run_api  # noqa: PLC0415

    from munbot_llm.app import create_app  # noqa: PLC0415
    from munbot_llm.settings import ApiSettings  # noqa: PLC0415

    settings = ApiSettings()
    configure_logging(settings.service_name, settings.log_level)
    run_api(create_app(settings), settings)
    return 0


def _worker() -> int:
    from munbot_llm import worker  # noqa: PLC0415
    from munbot_llm.settings import WorkerSettings  # noqa: PLC0415

    settings = WorkerSettings()
    configure_logging(settings.service_name, settings.log_level)
    return worker.run(settings)


def _migrate(*, seed_demo: bool) -> int:
    from munbot_llm import migrate  # noqa: PLC0415
    from munbot_llm.settings import StoreSettings  # noqa: PLC0415

    settings = StoreSettings()
    configure_logging(settings.service_name, settings.log_level)
    migrate.run(settings, seed_demo=seed_demo)
    return 0


if __name__ == "__main__":
    sys.exit(main())
