"""The data lake's worker."""

import threading

from munbot_common.database import check_database, make_engine
from munbot_common.worker import run_worker

from munbot_datalake.settings import WorkerSettings


def run(settings: WorkerSettings) -> int:
    """Work until told to stop; returns the exit code."""
    engine = make_engine(settings)

    def wait(stop: threading.Event) -> None:
        stop.wait()

    return run_worker(
        settings, {"wait": wait}, checks={"database": lambda: check_database(engine)}, on_stop=engine.dispose
    )
