"""A simulator in this process, and a bridge that notes what it is told."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from munbot_common.clock import utc_now
from munbot_simulator.app import create_app
from munbot_simulator.settings import Settings
from munbot_simulator.webhooks.courier import signature

SECRET = "un-secreto-de-prueba-largo"
ANA = "56911112222"
SEED = """
accounts:
  - slug: valle-claro
    tenant: valle-claro
    name: Municipalidad de Valle Claro
    phone_number_id: "100000000000001"
    phone: "+56222340001"
  - slug: punta-brava
    tenant: punta-brava
    name: Municipalidad de Punta Brava
    phone_number_id: "100000000000002"
    phone: "+56222340002"
templates:
  - name: appointment_reminder
    language: es_CL
    body: "Hola {{1}}: lo esperamos el {{2}}."
    buttons: [Confirmar, No podré ir]
"""


class Bridge:
    """Takes webhooks as the real bridge does; `answers` are used up first, then it says 200."""

    def __init__(self):
        self.bodies = []
        self.refused = []
        self.answers = []

    def handle(self, request):
        if request.method == "GET":
            query = request.url.params
            is_ours = query["hub.verify_token"] == SECRET and query["hub.mode"] == "subscribe"
            return httpx.Response(200, text=query["hub.challenge"]) if is_ours else httpx.Response(403)
        if request.headers["X-Hub-Signature-256"] != signature(SECRET, request.content):
            self.refused.append(request)
            return httpx.Response(401)
        if self.answers:
            answer = self.answers.pop(0)
            self.refused.append(request)
            if isinstance(answer, Exception):
                raise answer
            return httpx.Response(answer)
        self.bodies.append((request.url.path, json.loads(request.content)))
        return httpx.Response(200)

    def values(self):
        return [change["value"] for _, body in self.bodies for entry in body["entry"] for change in entry["changes"]]

    def messages(self):
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self):
        return [status for value in self.values() for status in value.get("statuses", [])]


class Clock:
    """The time of day; a test may let hours pass."""

    ahead = timedelta()

    def __call__(self):
        return utc_now() + self.ahead


async def until(found, *, seconds=10):
    """Wait until `found()` is true."""
    async with asyncio.timeout(seconds):
        while not found():  # noqa: ASYNC110 - what is waited for is on the other side of HTTP
            await asyncio.sleep(0.005)


class Town:
    """The simulator with its two sides: `page` for people, `graph` for the office."""

    def __init__(self, app, bridge, page, graph, clock):
        self.app, self.bridge, self.page, self.graph, self.clock = app, bridge, page, graph, clock

    async def phone(self, number=ANA, name="Ana"):
        assert (await self.page.put(f"/phones/{number}", json={"name": name})).status_code == 200
        return number

    async def write(self, text="hola", *, number=ANA, account="valle-claro", **other):
        body = {"account": account, "type": "text", "text": text} | other
        response = await self.page.post(f"/phones/{number}/messages", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    async def choose(self, message_id, choice_id, *, number=ANA):
        body = {"account": "valle-claro", "type": "choice", "message_id": message_id, "choice_id": choice_id}
        return await self.page.post(f"/phones/{number}/messages", json=body)

    async def transcript(self, number=ANA):
        return (await self.page.get(f"/phones/{number}/messages")).json()["messages"]

    async def send(self, content, *, to=ANA, number_id="100000000000001", **other):
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to} | content | other
        return await self.graph.post(f"/v23.0/{number_id}/messages", json=body)

    async def faults(self, **switches):
        response = await self.page.put("/faults", json=switches)
        assert response.status_code == 200, response.text

    until = staticmethod(until)

    async def told(self, count, *, what="messages"):
        """Wait until the bridge has been told so many messages (or statuses)."""
        await until(lambda: len(getattr(self.bridge, what)()) >= count)
        return getattr(self.bridge, what)()


@asynccontextmanager
async def open_town(folder, **settings):
    folder.joinpath("whatsapp.yml").write_text(SEED, encoding="utf-8")
    bridge = Bridge()
    known = Settings(
        munbot_mode="demo",
        simulator_secret=SECRET,
        webhook_base_url="http://bridge",
        demo_seed_dir=Path(folder),
        **settings,
    )
    clock = Clock()
    app = create_app(known, clock=clock, transport=httpx.MockTransport(bridge.handle))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://simulator/simulator/api") as page,
        httpx.AsyncClient(
            transport=transport, base_url="http://simulator", headers={"Authorization": f"Bearer {SECRET}"}
        ) as graph,
    ):
        yield Town(app, bridge, page, graph, clock)


@pytest.fixture
def play(tmp_path):
    """Callable: run a scene, an async function of a Town, from beginning to end."""

    def run(scene, **settings):
        async def whole():
            async with open_town(tmp_path, **settings) as town:
                await scene(town)

        asyncio.run(whole())

    return run
