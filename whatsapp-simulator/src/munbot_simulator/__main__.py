"""Run the simulator: `python -m munbot_simulator`. Works in demo mode only."""

import sys

from munbot_common.logs import configure_logging
from munbot_common.worker import run_api
from pydantic import ValidationError

from munbot_simulator.app import create_app
from munbot_simulator.settings import Settings


def main() -> int:
    """Serve until told to stop; return the exit code."""
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            sys.stderr.write(f"{'.'.join(map(str, problem['loc'])) or 'settings'}: {problem['msg']}\n")
        return 2
    configure_logging(settings.service_name, settings.log_level)
    run_api(create_app(settings), settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
