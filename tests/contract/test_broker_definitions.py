"""The audit log's queue is there from the broker's first start, as its consumer declares it."""

import json
import os
from urllib.parse import urlsplit

import httpx
import pika
from munbot_common.messaging import EXCHANGE
from munbot_common.rabbitmq_definitions import broker_definitions
from munbot_contracts import routing_key
from munbot_contracts.audit import AUDIT_NOTED
from munbot_conversations.audit.consumer import AUDIT


def test_a_note_waits_for_a_hub_that_never_ran(rabbitmq_url):
    definitions = json.loads(broker_definitions("x", None))
    wanted = {kind: definitions[kind] for kind in ("exchanges", "queues", "bindings")}
    for each in [one for kind in wanted.values() for one in kind]:
        del each["vhost"]
    server, vhost = urlsplit(os.environ["MUNBOT_TEST_RABBITMQ_URL"]), urlsplit(rabbitmq_url).path.strip("/")
    url = f"{os.environ['MUNBOT_TEST_RABBITMQ_API']}/api/definitions/{vhost}"
    httpx.post(url, json=wanted, auth=(server.username, server.password), timeout=30).raise_for_status()
    with pika.BlockingConnection(pika.URLParameters(rabbitmq_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish(EXCHANGE, routing_key(AUDIT_NOTED), b"noted", mandatory=True)
        AUDIT.declare(channel)  # refused where an argument differs
        _, _, body = next(channel.consume(AUDIT.queue, inactivity_timeout=30))
        assert body == b"noted"
