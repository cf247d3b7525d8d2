"""Defects C of the original that concern the road: forged webhooks, leaked tokens, spoofed hosts."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.road_world import SECRET, TOKEN, VERIFY_TOKEN, inside, served
from tests.roads.bodies import CARLA, texts
from tests.roads.desk import publish, rule
from waia.simulator.wire import signature

GREETING = rule("menu_principal", "iniciar", "¡Hola!")


@pytest.mark.parametrize(
    "sign", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "ñ", "right in capitals", "right of another body"]
)
async def test_c01_what_meta_did_not_sign_is_refused_and_not_stored(tmp_path: Path, sqlite_url: str, sign: str) -> None:
    body = texts(("wamid.forged", "Hola"))
    right = signature(body, SECRET)
    made = {"right in capitals": right.upper(), "right of another body": signature(body + b" ", SECRET)}
    async with inside(tmp_path, sqlite_url) as road:
        header = {b"x-hub-signature-256": made.get(sign, sign).encode()}
        assert (await road.http.post("/webhook", content=body, headers=header)).status_code == 403
        assert (await road.http.post("/webhook", content=body)).status_code == 403
        assert await road.store.one("SELECT count(*) FROM mensajes_procesados") == 0
        assert await road.post(body) == 200, "the same body, rightly signed"


async def test_c01_a_repeated_signature_is_none(tmp_path: Path, sqlite_url: str) -> None:
    """Whoever stands between might read the one, and we the other."""
    body = texts(("wamid.forged", "Hola"))
    headers = [("x-hub-signature-256", signature(body, SECRET)), ("x-hub-signature-256", signature(body, SECRET))]
    async with inside(tmp_path, sqlite_url) as road:
        assert (await road.http.post("/webhook", content=body, headers=headers)).status_code == 403
        assert await road.store.one("SELECT count(*) FROM mensajes_procesados") == 0
        assert await road.post(body) == 200


async def test_c01_without_a_secret_every_webhook_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, META_APP_SECRET="") as road:
        body = texts(("wamid.1", "Hola"))
        assert await road.post(body) == 403
        assert await road.post(body, signature(body, "")) == 403


async def test_c13_tokens_words_and_numbers_stay_out_of_addresses_and_logs(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, LOG_LEVEL="DEBUG") as road:
        road.world.faults.send.next_codes = [131026]
        await road.talk("mi clave es 4711-secreta")
        await road.talk("otra vez 4711-secreta", "diego")
        await road.http.get(
            "/webhook", params={"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1"}
        )
        await road.post(texts(("wamid.1", "Hola")), "sha256=wrong")
        await road.waia.stop()
        sent = [each for each in road.world.requests if each.path.endswith("/messages")]
        assert sent
        for each in road.world.requests:
            assert TOKEN not in each.path + json.dumps(each.query)
            assert each.headers["authorization"] == f"Bearer {TOKEN}"
        for secret in (TOKEN, SECRET, VERIFY_TOKEN, "4711-secreta", CARLA):
            assert secret not in road.waia.log


async def test_c14_addresses_are_not_built_from_the_host_header(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, BASE_URL="https://chat.example.com") as road:
        picture = rule("menu_principal", "iniciar", "Mira", tipo="image", media_url="/static/uploads/a.jpg")
        await publish(road, picture | {"media_tipo": "image/jpeg"})
        body = texts(("wamid.1", "Hola"))
        headers = {
            "x-hub-signature-256": signature(body, SECRET),
            "host": "evil.example",
            "x-forwarded-host": "evil.example",
        }
        assert (await road.http.post("/webhook", content=body, headers=headers)).status_code == 200
        await road.calm()
        assert road.world.sent[0].payload["image"]["link"] == "https://chat.example.com/static/uploads/a.jpg"


@pytest.mark.parametrize(("ours", "theirs", "answer"), [("", "", 403), ("", "x", 403), ("x", "", 403), ("x", "y", 403)])
async def test_c15_an_unset_or_wrong_verify_token_refuses(
    tmp_path: Path, sqlite_url: str, ours: str, theirs: str, answer: int
) -> None:
    async with inside(tmp_path, sqlite_url, VERIFY_TOKEN=ours) as road:
        asked = f"/webhook?hub.mode=subscribe&hub.verify_token={quote(theirs)}&hub.challenge=1158201444"
        assert (await road.http.get(asked)).status_code == answer


async def test_c15_metas_handshake_with_the_right_token_is_echoed(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        assert await road.world.subscribe() is None
