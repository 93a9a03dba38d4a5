"""What the gateway costs, and how it does beside llama_cpp.server.

    python llm-gateway/benchmarks/models.py --engine FOLDER --model FILE.gguf [--extras FOLDER] [--json FILE]

`--engine`: a folder with llama-cpp-python (LLM_ENGINE_PATH). `--extras`: a folder with what llama_cpp.server needs
beyond it (starlette-context, sse-starlette); without it that server is left out. Times are printed, never judged.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import signal
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from munbot_llm.models.cores import model_threads

sys.path.insert(0, str(Path(__file__).parent))

from model_servers import direct, gateway, llama_server

CLIENTS = 8
TOPICS = (
    "permiso de circulación",
    "retiro de escombros",
    "poda de árboles",
    "licencia de conducir",
    "aseo domiciliario",
)
NEVER_ENDING = "Write a very long story about a dog."


def request(model: str, content: str, tokens: int, *, stream: bool = True) -> dict[str, Any]:
    """Return a request's body."""
    messages = [{"role": "system", "content": "Responde en una frase."}, {"role": "user", "content": content}]
    return {"model": model, "messages": messages, "max_tokens": tokens, "temperature": 0.0, "stream": stream}


async def stream(http: httpx.AsyncClient, server: SimpleNamespace, body: dict[str, Any]) -> SimpleNamespace:
    """Ask for a stream and read it to its end: when each piece came (s), and whether it ended as it should."""
    started, times, whole, status = time.perf_counter(), [], False, 0
    url = f"{server.url}/v1/chat/completions"
    with contextlib.suppress(httpx.HTTPError):  # broken off: not whole
        async with http.stream("POST", url, json=body, headers=server.headers) as response:
            status = response.status_code
            async for line in response.aiter_lines():
                if '"content": "' in line or '"content":"' in line:
                    times.append(time.perf_counter())
                whole = whole or '"finish_reason": "' in line or '"finish_reason":"' in line
    return SimpleNamespace(started=started, times=times, whole=whole, status=status)


def overhead(ask: Any, server: SimpleNamespace, *, rounds: int, tokens: int) -> dict[str, Any]:
    """Alternate between the engine called directly and the gateway, one request at a time: pieces a second."""

    async def through_the_gateway(content: str) -> tuple[float, float]:
        async with httpx.AsyncClient(timeout=600) as http:
            answer = await stream(http, server, request(server.model, content, tokens))
        times = answer.times[1:]  # the first event is the role, without a text
        return (len(times) - 1) / (times[-1] - times[0]), times[0] - answer.started

    speeds: dict[str, list[float]] = {"chat": [], "generate": [], "gateway": []}
    firsts: dict[str, list[float]] = {"chat": [], "generate": [], "gateway": []}
    for number in range(rounds):
        content = f"{NEVER_ENDING} ({TOPICS[number % len(TOPICS)]} {number})"
        body = {k: v for k, v in request("", content, tokens).items() if k not in {"model", "stream"}}
        for how in ("chat", "generate"):
            times = ask(body, how)
            speeds[how].append((times["pieces"] - 1) / times["seconds"])
            firsts[how].append(times["first"])
        speed, first = asyncio.run(through_the_gateway(content))
        speeds["gateway"].append(speed)
        firsts["gateway"].append(first)
    found = {f"{name} tokens/s": round(statistics.median(values), 2) for name, values in speeds.items()}
    found |= {f"{name} first token ms": round(1000 * statistics.median(values), 1) for name, values in firsts.items()}
    for name in ("chat", "generate"):
        ratios = [mine / theirs for mine, theirs in zip(speeds["gateway"], speeds[name], strict=True)]
        found[f"overhead against {name} %"] = round(100 * (1 - statistics.median(ratios)), 1)
    return found


async def crowd(server: SimpleNamespace, *, each: int, tokens: int) -> dict[str, Any]:
    """Eight clients, each asking one thing after the other."""
    answers: list[SimpleNamespace] = []

    async def client(number: int) -> None:
        async with httpx.AsyncClient(timeout=600) as http:
            for turn in range(each):
                content = f"{NEVER_ENDING} ({TOPICS[(number + turn) % len(TOPICS)]} {number} {turn})"
                answers.append(await stream(http, server, request(server.model, content, tokens)))

    started = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    seconds = time.perf_counter() - started
    firsts = [answer.times[1] - answer.started for answer in answers if len(answer.times) > 1]
    return {
        "requests": len(answers),
        "whole": sum(answer.whole for answer in answers),
        "pieces/s": round(sum(max(0, len(answer.times) - 1) for answer in answers) / seconds, 1),
        "first token s": _percentiles(firsts),
    }


async def abandoned(server: SimpleNamespace, *, rounds: int) -> dict[str, Any]:
    """Leave in the middle of an answer, of a prompt, of an answer in one piece: how long until the next is served.

    The next one asks for one token at once; what it needs when the model is free already is taken off.
    """
    usual = statistics.median([await _one_token(server, n) for n in range(5)])
    found: dict[str, Any] = {"a token of a free model ms": round(1000 * usual)}
    long = "El permiso de circulación se paga en marzo en la municipalidad. " * 40
    for name, content, tokens, streamed, pieces in (
        ("while it writes", NEVER_ENDING, 1500, True, 5),
        ("while it reads a long prompt", long, 300, True, 0),
        ("while it writes, not streamed", NEVER_ENDING, 1500, False, 0),
    ):
        waits = []
        for number in range(rounds):
            body = request(server.model, f"{number} {content}", tokens, stream=streamed)
            await _leave(server, body, pieces)
            waits.append(max(0.0, await _one_token(server, 100 + number) - usual))
        found[f"{name}: free after s"] = _percentiles(waits)
    return found


async def healed(server: SimpleNamespace, *, rounds: int) -> dict[str, float]:
    """Kill the gateway's model process; return how long it takes until the next request has its token."""
    waits = []
    for number in range(rounds):
        os.kill(_child_of(server.pid), signal.SIGKILL)
        waits.append(await _one_token(server, 200 + number))
    return _percentiles(waits)


def _child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()[-1])


async def _leave(server: SimpleNamespace, body: dict[str, Any], pieces: int) -> None:
    """Ask, and hang up after so many pieces, or after 0.4 s."""
    url = f"{server.url}/v1/chat/completions"

    async def begin() -> None:
        async with (
            httpx.AsyncClient(timeout=600) as http,
            http.stream("POST", url, json=body, headers=server.headers) as response,
        ):
            seen = 0
            async for line in response.aiter_lines():
                seen += line.startswith("data:")
                if pieces and seen > pieces:
                    return

    try:
        async with asyncio.timeout(None if pieces else 0.4):
            await begin()
    except TimeoutError:
        pass


async def _one_token(server: SimpleNamespace, number: int) -> float:
    """Return how long one token takes (s)."""
    async with httpx.AsyncClient(timeout=600) as http:
        answer = await stream(http, server, request(server.model, f"{number}?", 1))
    return (answer.times[-1] if answer.times else time.perf_counter()) - answer.started


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {f"p{p}": round(ordered[min(len(ordered) - 1, p * len(ordered) // 100)], 3) for p in (50, 95, 99)}


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    cpu = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return {"cpu": cpu, "cores": os.cpu_count(), "python": platform.python_version(), "load before": load}


def main() -> None:
    """Measure all and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--extras", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--each", type=int, default=4)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    threads = model_threads(0)
    found: dict[str, Any] = {"machine": machine(), "model": arguments.model.stem, "threads": threads}
    with gateway(arguments.engine, arguments.model) as server:
        with direct(arguments.engine, arguments.model, threads) as ask:
            found["overhead"] = overhead(ask, server, rounds=arguments.rounds, tokens=150)
        _measure(found, "gateway", server, arguments)
        found["gateway"]["kill -9: next token after s"] = asyncio.run(healed(server, rounds=5))
    if arguments.extras:
        for name, interrupt in (("llama_cpp.server", True), ("llama_cpp.server, no interrupts", False)):
            with llama_server(
                arguments.engine, arguments.extras, arguments.model, threads, interrupt=interrupt
            ) as server:
                _measure(found, name, server, arguments)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _measure(found: dict[str, Any], name: str, server: SimpleNamespace, arguments: argparse.Namespace) -> None:
    clients = asyncio.run(crowd(server, each=arguments.each, tokens=48))
    found[name] = {f"{CLIENTS} clients": clients, "abandoned": asyncio.run(abandoned(server, rounds=arguments.rounds))}


if __name__ == "__main__":
    main()
