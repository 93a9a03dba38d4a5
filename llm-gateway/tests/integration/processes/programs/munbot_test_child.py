"""A small child program for the tests: echoes, sleeps, hangs, dies and refuses as it is told."""

import os
import signal
import sys
import time

from munbot_llm.processes.child import LoadFailure, Refusal, Reply, serve


def load(configuration):
    if configuration.get("die_while_loading"):
        os.kill(os.getpid(), signal.SIGKILL)
    if reason := configuration.get("fail"):
        raise LoadFailure(reason, retry_seconds=configuration.get("retry_seconds", 60.0))
    time.sleep(configuration.get("load_seconds", 0))
    return handle, {"name": configuration.get("name", "echo"), "environment": sorted(os.environ)}


def handle(job):
    match job.data.get("do"):
        case "echo":
            yield Reply({"said": job.data["what"]}, job.body)
        case "count":
            for number in range(job.data["to"]):
                yield Reply({"number": number})
                time.sleep(job.data.get("pause", 0.01))
        case "hang":  # deaf to cancellation
            yield Reply({"hangs": True})
            time.sleep(600)
        case "stop":  # neither heartbeat nor anything else
            os.kill(os.getpid(), signal.SIGSTOP)
        case "die":
            sys.stderr.write("about to die\n")
            os.kill(os.getpid(), signal.SIGKILL)
        case "refuse":
            raise Refusal("prompt_too_long", extra={"tokens": 9000})
        case "error":
            raise ValueError("a library's own error")


if __name__ == "__main__":
    serve(load)
