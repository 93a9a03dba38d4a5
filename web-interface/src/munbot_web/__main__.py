"""Run the web channel: `python -m munbot_web api`."""

import sys

from munbot_common.logs import configure_logging
from munbot_common.worker import run_api

from munbot_web.app import create_app
from munbot_web.settings import Settings


def main(arguments: list[str]) -> int:
    """Run what the first argument names; return the exit code."""
    if arguments != ["api"]:
        sys.stderr.write("usage: python -m munbot_web api\n")
        return 2
    settings = Settings()
    configure_logging(settings.service_name, settings.log_level)
    run_api(create_app(settings), settings)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
