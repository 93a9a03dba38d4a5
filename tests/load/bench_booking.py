"""Clients fight for one slot over HTTP; what must come out is exactly its capacity, and how long each answer takes.

    python tests/load/bench_booking.py --base-url http://127.0.0.1:8001 --token-file … --json result.json

The base URL is the scheduler itself, or nginx with the prefix (`http://localhost:8080/api/scheduler`; its rate limit
then answers 429, which is counted apart). Each attempt is another person. Afterwards every booking is cancelled.
"""

import argparse
import http.client
import json
import os
import platform
import secrets
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from stdnum.cl import rut


class Caller:
    """One client with one kept-alive connection."""

    def __init__(self, base_url: str, token: str, tenant: str) -> None:
        self._url = urlsplit(base_url)
        self._headers = {
            "Authorization": f"Bearer {token}",
            "X-Munbot-Tenant": tenant,
            "Content-Type": "application/json",
        }
        self._connection = http.client.HTTPConnection(self._url.netloc, timeout=60)

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        content = None if body is None else json.dumps(body)
        self._connection.request(method, self._url.path.rstrip("/") + path, content, self._headers)
        response = self._connection.getresponse()
        answer = response.read()
        return response.status, json.loads(answer) if answer else {}


def machine() -> dict:
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if "MemTotal" in line), None)
    return {
        "cpus": os.cpu_count(),
        "cpu_model": model,
        "memory_mb": memory,
        "load_average_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def percentile(sorted_values: list[float], share: float) -> float:
    index = min(round(share * (len(sorted_values) - 1)), len(sorted_values) - 1)
    return round(sorted_values[index], 2)


def find_slot(caller: Caller, procedure: str) -> dict:
    """The last free slot that nobody else has touched: far away, so that no demo citizen is in its way."""
    query = urlencode({"procedure_id": procedure, "limit": 2000})
    first = datetime.now(UTC).date()
    best: dict = {}
    for week in range(1, 9):
        start = first.fromordinal(first.toordinal() + 7 * week)
        end = start.fromordinal(start.toordinal() + 6)
        status, answer = caller.call("GET", f"/v1/slots?{query}&from={start}&to={end}")
        if status != 200:
            raise SystemExit(f"GET /v1/slots answers {status}: {answer}")
        untouched = [slot for slot in answer["items"] if slot["free"] == slot["capacity"]]
        best = untouched[len(untouched) // 2] if untouched else best
    if not best:
        raise SystemExit("no free slot to fight for")
    return best


def fight(options: argparse.Namespace, token: str, slot: dict) -> tuple[list[float], Counter, list[str], float]:
    """All attempts, by clients that start together; returns latencies in ms, outcomes, booked ids and seconds."""
    run = secrets.randbelow(8_000_000) + 10_000_000
    numbers = iter(range(run, run + options.attempts))
    lock, together = threading.Lock(), threading.Barrier(options.clients)
    latencies: list[float] = []
    outcomes: Counter = Counter()
    booked: list[str] = []

    def client() -> None:
        caller = Caller(options.base_url, token, options.tenant)
        mine: list[tuple[float, str, str | None]] = []
        together.wait()
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            body = {
                "procedure_id": slot["procedure_id"],
                "office_id": slot["office_id"],
                "start": slot["start"],
                "citizen": {"rut": f"{number}-{rut.calc_check_digit(str(number))}", "name": "Banco de Pruebas"},
                "channel": "bench",
            }
            started = time.perf_counter()
            status, answer = caller.call("POST", "/v1/appointments", body)
            elapsed = (time.perf_counter() - started) * 1000
            outcome = "booked" if status == 201 else f"{status} {answer.get('code', '')}"
            mine.append((elapsed, outcome, answer.get("id") if status == 201 else None))
        with lock:
            latencies.extend(item[0] for item in mine)
            outcomes.update(item[1] for item in mine)
            booked.extend(item[2] for item in mine if item[2])

    started = time.perf_counter()
    with ThreadPoolExecutor(options.clients) as pool:
        for future in [pool.submit(client) for _ in range(options.clients)]:
            future.result()
    return latencies, outcomes, booked, time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--token", default=os.environ.get("SERVICE_TOKEN"), help="a service's token")
    parser.add_argument("--token-file", type=Path, default=os.environ.get("SERVICE_TOKEN_FILE"))
    parser.add_argument("--tenant", default="valle-claro")
    parser.add_argument("--procedure", default="licencia-renovacion")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    token = options.token or (
        Path(options.token_file).read_text(encoding="utf-8").strip() if options.token_file else ""
    )
    if not token:
        parser.error("a service token is needed: --token, --token-file, SERVICE_TOKEN or SERVICE_TOKEN_FILE")

    caller = Caller(options.base_url, token, options.tenant)
    slot = find_slot(caller, options.procedure)
    before = machine()
    latencies, outcomes, booked, seconds = fight(options, token, slot)
    caller = Caller(options.base_url, token, options.tenant)  # the first connection has been idle too long
    for appointment in booked:
        caller.call("POST", f"/v1/appointments/{appointment}/cancel", {"reason": "bench"})
    latencies.sort()
    result = {
        "bench": "booking",
        "at": datetime.now(UTC).isoformat(),
        "clients": options.clients,
        "attempts": len(latencies),
        "capacity": slot["capacity"],
        "booked": outcomes["booked"],
        "exact": outcomes["booked"] == slot["capacity"],
        "outcomes": dict(outcomes.most_common()),
        "seconds": round(seconds, 2),
        "attempts_per_second": round(len(latencies) / seconds, 1),
        "p50_ms": percentile(latencies, 0.50),
        "p95_ms": percentile(latencies, 0.95),
        "p99_ms": percentile(latencies, 0.99),
        "mean_ms": round(statistics.fmean(latencies), 2),
        "max_ms": round(latencies[-1], 2),
        "machine": before,
    }
    print(
        f"{result['attempts']} attempts by {options.clients} clients on one slot of capacity {slot['capacity']}: "
        f"booked {result['booked']}, p50 {result['p50_ms']} ms, p95 {result['p95_ms']} ms, p99 {result['p99_ms']} ms, "
        f"{result['attempts_per_second']}/s; {result['outcomes']}"
    )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if result["exact"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
