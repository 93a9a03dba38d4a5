"""Start the action server: `python -m munbot_actions [api]`."""

import sys

import uvicorn
from munbot_common.logs import configure_logging

from munbot_actions.app import create_app
from munbot_actions.settings import ActionsSettings


def main() -> None:
    """Serve until stopped."""
    if sys.argv[1:] not in ([], ["api"]):
        sys.exit("usage: python -m munbot_actions [api]")
    settings = ActionsSettings()
    configure_logging(settings.service_name, settings.log_level)
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
