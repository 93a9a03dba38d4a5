"""Run as ``python -m munbot_cli``."""

from munbot_cli.main import main

main()
