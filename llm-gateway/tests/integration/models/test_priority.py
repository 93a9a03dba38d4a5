"""Who is in no hurry never stands in the queue before somebody who is."""

import httpx
import openai
import pytest
from munbot_llm.models.routes import PRIORITY_HEADER

from .test_openai import ENDLESS, ask


def test_low_priority_gives_way_to_whoever_is_there(gateway, client):
    low = {PRIORITY_HEADER: "low"}
    stream = ask(client, stream=True, **ENDLESS)
    next(stream)
    with pytest.raises(openai.RateLimitError) as refused:
        ask(client, max_tokens=1, extra_headers=low)
    assert refused.value.code == "queue_full"
    assert int(refused.value.response.headers["Retry-After"]) >= 1
    stream.close()
    gateway.wait_until(lambda: not gateway.service.busy)
    assert ask(client, max_tokens=1, extra_headers=low).choices


def test_the_worker_says_that_it_is_in_no_hurry():
    from munbot_llm.jobs import gateway as worker_side

    said = []

    def answer(request):
        said.append(request.headers[PRIORITY_HEADER])
        return httpx.Response(200, json={"model": {"state": "absent"}})

    worker_side.GatewayClient("http://x", token=None, transport=httpx.MockTransport(answer)).model("t")
    assert said == ["low"]
