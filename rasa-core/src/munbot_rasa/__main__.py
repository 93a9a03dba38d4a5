"""Command line: python -m munbot_rasa train | run | inputs-hash | compare FILE."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from munbot_rasa.project import find_project


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m munbot_rasa", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train_parser = commands.add_parser("train", help="train the model, unless it is current")
    train_parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    commands.add_parser("run", help="serve the model on $HOST:$PORT")
    commands.add_parser("inputs-hash", help="print the hash of what the model is made from")
    compare_parser = commands.add_parser("compare", help="train every candidate pipeline and print a table")
    compare_parser.add_argument("file", type=Path, help='JSON lines {"text": ..., "accept": [intents]}')
    compare_parser.add_argument("--only", action="append", default=[], help="name of a candidate; may be repeated")
    options = parser.parse_args(arguments)

    project = find_project()
    if options.command == "inputs-hash":
        print(project.inputs_hash())
        return 0
    if options.command == "compare":
        from munbot_rasa.comparison import compare

        return compare(project, options.file, only=options.only)
    from munbot_rasa.serving.server import prepare_process

    if options.command == "train":
        prepare_process(threads=os.cpu_count() or 1)
        from munbot_rasa.serving.server import configure_logs
        from munbot_rasa.training import TrainingError, train

        configure_logs("INFO")
        try:
            train(project, force=options.force)
        except TrainingError as error:
            print(f"training failed: {error}", file=sys.stderr)
            return 1
        return 0
    prepare_process()
    from munbot_rasa.serving.server import serve
    from munbot_rasa.serving.settings import ServerSettings, SettingsError

    try:
        serve(project, ServerSettings.read())
    except (SettingsError, FileNotFoundError) as error:
        print(f"rasa cannot start: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
