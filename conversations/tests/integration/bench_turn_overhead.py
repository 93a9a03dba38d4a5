"""Our own share of a turn: from the channel's publish to its outbound message, without Rasa's time.

Not a test (the name keeps it out of collection). Run it by path:
pytest -s conversations/tests/integration/bench_turn_overhead.py
"""

import statistics
import sys
import time

TURNS = 200


def test_overhead_of_one_citizen(worker, channel, received, rasa):
    channel.send(received("hola", address="bench"))
    channel.wait_for("message.outbound.v1", 1)
    samples, confirms = [], []
    for number in range(TURNS):
        event = received(f"mensaje {number}", address="bench")
        started = time.perf_counter()
        channel.send(event)
        confirms.append(time.perf_counter() - started)
        channel.wait_for("message.outbound.v1", 1, in_reply_to=event.data.message_id)
        arrived = next(at for at, kept in channel.taken if kept.data.get("in_reply_to") == str(event.data.message_id))
        samples.append((arrived - started) * 1000)
        channel.wait_for("message.handled.v1", 1, message_id=event.data.message_id)
    cuts = statistics.quantiles(samples, n=20)
    sys.stdout.write(
        f"turn overhead ms: p50 {statistics.median(samples):.1f} p95 {cuts[18]:.1f}, "
        f"of it publish confirm p50 {statistics.median(confirms) * 1000:.1f}\n"
    )
