"""The simulator as a process of its own, steered over its control API."""

import asyncio
import base64
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.simulator.files import PDF
from tests.simulator.graph import ANA, PNID, TOKEN, Graph
from tests.simulator.receiver import Receiver
from waia.kit.clock import Clock
from waia.simulator import World, graph_routes
from waia.simulator.control import control_routes
from waia.simulator.server import serving


@pytest.fixture
async def control(world: World, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar([control_routes(world, clock), graph_routes(world)], openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://control.test") as http:
        yield http


async def act(control: httpx.AsyncClient, name: str, **told: Any) -> httpx.Response:
    body = {"customer": "ana", "pnid": PNID, "act": name, **told}
    return await control.post("/_control/act", json=body)


async def test_acts_reach_the_webhook(control: httpx.AsyncClient, receiver: Receiver) -> None:
    await control.post("/_control/customers", json={"key": "luz", "name": "Luz", "mode": "bsuid_only"})
    wamid = (await act(control, "says", text="Hola")).json()["id"]
    await act(control, "reacts", wamid=wamid, emoji="👍")
    content = base64.b64encode(PDF).decode()
    await act(control, "sends_media", kind="document", mime="application/pdf", content_base64=content)
    await act(control, "says", customer="luz", text="Soy Luz")
    await act(control, "changes_number", wa_id="573110000000")
    echo = {"customer": "ana", "pnid": PNID, "told": {"type": "text", "text": {"body": "yo"}}}
    assert (await control.post("/_control/echo", json=echo)).json()["id"].startswith("wamid.")
    await control.post("/_control/tell", json={"field": "security", "value": {"event": "PIN_CHANGED"}})
    await control.post("/_control/replay", content=b'{"object":"x"}')
    assert (await control.post("/_control/settle", json={})).json() == {"settled": True}
    kinds = [message["type"] for message in receiver.messages()[:5]]
    assert sorted(kinds) == ["document", "reaction", "system", "text", "text"]
    assert b'{"object":"x"}' in receiver.bodies
    deliveries = (await control.get("/_control/deliveries")).json()
    assert {tuple(each["answers"]) for each in deliveries} == {(200,)}


@pytest.mark.parametrize(
    "told",
    [
        {"act": "dances"},
        {"act": "says"},
        {"act": "says", "text": "x", "customer": "nobody"},
        {"act": "taps", "option_id": "x"},
        {"act": "__init__"},
    ],
)
async def test_a_wrong_act_is_a_400(control: httpx.AsyncClient, told: dict[str, str]) -> None:
    answer = await control.post("/_control/act", json={"customer": "ana", "pnid": PNID, **told})
    assert answer.status_code == 400


async def test_faults_are_turned_one_by_one(control: httpx.AsyncClient, world: World) -> None:
    turned = {"status": {"drop": {"times": 2}}, "window_mode": "sync", "allow_list": [ANA]}
    answer = await control.patch("/_control/faults", json=turned)
    assert answer.json()["status"]["drop"] == {"times": 2, "probability": 1.0}
    assert (world.faults.window_mode, world.faults.allow_list) == ("sync", {ANA})
    assert world.faults.pair_limit
    wrongs: list[dict[str, Any]] = [
        {"status": {"dorp": {}}},
        {"pair_limit": "no"},
        {"send": {"slow": {"times": "x"}}},
    ]
    for wrong in wrongs:
        assert (await control.patch("/_control/faults", json=wrong)).status_code == 400
    assert (await control.get("/_control/faults")).json()["window_mode"] == "sync"


async def test_the_clock_moves(control: httpx.AsyncClient, clock: Clock) -> None:
    before = clock.business()
    await control.post("/_control/clock", json={"advance_s": 86400})
    assert clock.business() - before == timedelta(days=1)


async def test_what_was_sent_asked_and_said_can_be_read(control: httpx.AsyncClient, graph: Graph) -> None:
    template = {"name": "hola", "language": "es", "components": []}
    assert (await control.post("/_control/templates", json=template)).json()["id"]
    inbound = await graph.world.customer_says("ana", PNID, "Hola")
    await graph.post({"status": "read", "message_id": inbound})
    wamid = await graph.wamid(template={"name": "hola", "language": {"code": "es"}})
    assert [each["wamid"] for each in (await control.get("/_control/sent")).json()] == [wamid]
    assert (await control.get("/_control/sent?since=1")).json() == []
    assert len((await control.get("/_control/requests")).json()) == 2
    assert (await control.get("/_control/marks")).json()[0]["wamid"] == inbound
    thread = (await control.get(f"/_control/thread?customer=ana&pnid={PNID}")).json()
    assert [line["wamid"] for line in thread] == [inbound, wamid]


async def test_what_does_not_settle_says_so(control: httpx.AsyncClient, receiver: Receiver) -> None:
    receiver.gate = asyncio.Event()
    await act(control, "says", text="Hola")
    answer = await control.post("/_control/settle", json={"timeout_s": 0.01})
    assert (answer.status_code, answer.json()) == (408, {"settled": False})
    receiver.gate.set()


async def test_it_can_live_under_a_prefix_of_another_app(world: World) -> None:
    app = Litestar([graph_routes(world, "/simulador/graph")], openapi_config=None, logging_config=None)
    async with (
        serving(app) as address,
        httpx.AsyncClient(base_url=address, headers={"authorization": f"Bearer {TOKEN}"}) as http,
    ):
        upload: dict[str, Any] = {
            "messaging_product": (None, "whatsapp"),
            "file": ("a.pdf", PDF, "application/pdf"),
        }
        answer = await http.post(f"/simulador/graph/v25.0/{PNID}/media", files=upload)
        told = (await http.get(f"/simulador/graph/v25.0/{answer.json()['id']}")).json()
        assert told["url"].startswith(f"{address}/simulador/graph/lookaside/")
        assert (await http.get(told["url"])).content == PDF
        assert (await http.get("/simulador/graph/nothing")).json()["error"]["code"] == 2500


async def test_the_process_serves_until_it_is_told_to_stop() -> None:
    receiver = Receiver()
    async with serving(receiver) as webhook:
        command = (sys.executable, "-m", "waia.simulator", "--webhook", f"{webhook}/webhook")
        options = ("--time-scale", "0.001", "--seed", "1", "--clock", "2026-11-03T12:00:00")
        process = await asyncio.create_subprocess_exec(*command, *options, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        async with asyncio.timeout(20):
            address = (await process.stdout.readline()).decode().strip()
        async with httpx.AsyncClient(base_url=address) as http:
            await http.post("/_control/customers", json={"key": "ana", "name": "Ana", "wa_id": ANA})
            assert (await act(http, "says", text="Hola")).status_code == 200
            await http.post("/_control/settle", json={})
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    assert receiver.texts() == ["Hola"]
    assert receiver.messages()[0]["timestamp"] == "1793707200"
