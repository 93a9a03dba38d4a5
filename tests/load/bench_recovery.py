"""Recovery in figures: two backups, of which the second finds the files saved, and one drill with its RPO and RTO.

    python tests/load/bench_recovery.py --json result.json [--key FILE | --new-secrets]

It runs `./munbot backup` and `./munbot recovery-drill` as an operator does, beside the running platform that
MUNBOT_TEST_PROJECT names. Both backups stay in the target, as any other; the drill's second instance is removed.
Outside the demo name the file of the recovery key, or do without the sealed secrets.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from support import print_table, write

ROOT = Path(__file__).resolve().parents[2]
SAVED = ("rows", "documents", "versions", "bytes", "new_bytes", "missing_files")


def munbot(*arguments: str) -> tuple[dict[str, Any], float]:
    """Run a command that prints JSON; returns what it printed, and its seconds from the first to the last."""
    command = [sys.executable, "-m", "munbot_cli", *arguments, "--json", "--project", os.environ["MUNBOT_TEST_PROJECT"]]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, check=False)
    seconds = time.monotonic() - began
    try:
        return json.loads(done.stdout), seconds  # a drill that is not good says so, and ends with 1
    except ValueError:
        raise SystemExit(
            f"./munbot {arguments[0]} gave no figures (exit code {done.returncode}): {done.stdout}"
        ) from None


def backup(which: str) -> dict[str, Any]:
    """Make one; `saving_s` is the program's own time, `command_s` with its start (in containers, a container's)."""
    saved, seconds = munbot("backup")
    return {
        "backup": which,
        "command_s": round(seconds, 1),
        "saving_s": saved["seconds"],
        **{name: saved[name] for name in SAVED},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    secrets = parser.add_mutually_exclusive_group()
    secrets.add_argument("--key", help="file with the recovery key; by default the demo's")
    secrets.add_argument("--new-secrets", action="store_true", help="drill without the sealed secrets")
    parser.add_argument("--json")
    options = parser.parse_args()
    if not os.environ.get("MUNBOT_TEST_PROJECT"):
        raise SystemExit("MUNBOT_TEST_PROJECT is not set: ./munbot bench recovery sets it")
    load = round(os.getloadavg()[0], 2)
    backups = [backup("first"), backup("second")]
    print_table("Backups", backups)
    how = ["--key", str(Path(options.key).resolve())] if options.key else ["--new-secrets"] * options.new_secrets
    drill, seconds = munbot("recovery-drill", *how)
    print_table("Drill", [{"step": name, "seconds": spent} for name, spent in drill["phases"].items()])
    compared = {"compared": drill["compared"], "different": len(drill["different"])}
    outcome = {"rpo_s": drill["rpo_seconds"], "rto_s": drill["rto_seconds"], "all_s": round(seconds, 1), **compared}
    print_table(f"{'Good' if drill['passed'] else 'NOT GOOD'} {drill['failure']}".strip(), [outcome])
    write(
        options.json, {"load_average_before": load, "backups": backups, "drill": {**drill, "all_s": outcome["all_s"]}}
    )
    return 0 if drill["passed"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
