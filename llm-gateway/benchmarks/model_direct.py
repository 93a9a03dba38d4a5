"""llama_cpp called directly, for benchmarks/models.py: one JSON request a line in, times out.

Arguments: MODEL THREADS CONTEXT_TOKENS. With `how` = "chat" by create_chat_completion, else by Llama.generate alone,
without text.
"""

import itertools
import json
import sys
import time
from typing import Any

import llama_cpp


def _run(llama: Any, how: str, request: dict[str, Any]) -> dict[str, float]:
    """Answer one request; return the time to the first piece, from there to the last (s), and how many there were."""
    started = time.perf_counter()
    if how == "chat":
        chunks = llama.create_chat_completion(**request, stream=True)
        times = [time.perf_counter() for chunk in chunks if chunk["choices"][0]["delta"].get("content")]
    else:
        prompt = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in request["messages"])
        tokens = llama.tokenize((prompt + "<|im_start|>assistant\n").encode(), add_bos=False, special=True)
        generated = llama.generate(tokens, temp=request["temperature"])
        times = [time.perf_counter() for _ in itertools.islice(generated, request["max_tokens"])]
    return {"first": times[0] - started, "seconds": times[-1] - times[0], "pieces": len(times)}


if __name__ == "__main__":
    path, threads, context = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    model = llama_cpp.Llama(path, n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False)
    for line in sys.stdin:
        wanted = json.loads(line)
        print(json.dumps(_run(model, wanted.pop("how"), wanted)), flush=True)
