"""Files: what is taken, how long ids and addresses live, and everything that can be wrong with the bytes."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.simulator import files
from tests.simulator.graph import OTHER_PNID, PNID, Graph, code_of
from tests.simulator.receiver import Receiver
from waia.kit.clock import Clock
from waia.simulator import World, once

MB = 1024 * 1024


async def upload(graph: Graph, content: bytes, mime: str, **told: Any) -> httpx.Response:
    form = {"messaging_product": "whatsapp", "type": mime, **told}
    return await graph.http.post(f"/v25.0/{PNID}/media", data=form, files={"file": ("archivo ñ.bin", content, mime)})


async def stored(graph: Graph, content: bytes = files.PNG, mime: str = "image/png") -> str:
    answer = await upload(graph, content, mime)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def address(graph: Graph, media_id: str) -> str:
    return str((await graph.http.get(f"/v25.0/{media_id}")).json()["url"])


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (files.PNG, "image/png"),
        (files.JPEG, "image/jpeg"),
        (files.PDF, "application/pdf"),
        (files.OGG, "audio/ogg; codecs=opus"),
        (files.MP4, "video/mp4"),
        (files.MP4, "audio/mp4"),
        (files.MP3, "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (files.AAC, "audio/aac"),
        (files.AMR, "audio/amr"),
        (files.DOCX, files.OOXML),
        (files.DOC, "application/msword"),
        ("Día".encode(), "text/plain"),
        (b"a;b", "text/csv"),
        (b"PK\x03\x04", "application/zip"),
        (files.webp(512, 512), "image/webp"),
        (files.webp(512, 512, animated=True, padding=200_000), "image/webp"),
    ],
)
async def test_what_is_what_it_says_is_taken_and_comes_back(graph: Graph, content: bytes, mime: str) -> None:
    media_id = await stored(graph, content, mime)
    told = (await graph.http.get(f"/v25.0/{media_id}?phone_number_id={PNID}")).json()
    assert media_id.isdecimal()
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert int(told["file_size"]) == len(content)
    answer = await graph.http.get(told["url"])
    assert answer.content == content
    assert answer.headers["content-type"].startswith(told["mime_type"])


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"", "image/png"),
        (files.JPEG, "image/png"),
        (files.PNG_16_BIT, "image/png"),
        (files.WEBM, "audio/ogg"),
        (files.OGG_STEREO, "audio/ogg"),
        (files.WEBM, "audio/webm"),
        (files.WEBM, "video/webm"),
        (b"GIF89a", "image/gif"),
        (files.PNG, "application/pdf"),
        (b"a\0b", "text/plain"),
        (files.PNG + b"\0" * 5 * MB, "image/png"),
        (files.MP4 + b"\0" * 16 * MB, "video/mp4"),
        (files.webp(511, 512), "image/webp"),
        (files.webp(512, 512, padding=101 * 1024), "image/webp"),
        (files.webp(512, 512, animated=True, padding=501 * 1024), "image/webp"),
    ],
    ids=range(15),
)
async def test_what_is_not_what_it_says_is_refused(graph: Graph, content: bytes, mime: str) -> None:
    assert code_of(await upload(graph, content, mime)) == 131053


async def test_a_wrong_file_can_be_noticed_only_when_it_is_sent(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.media.judge_later = True
    media_id = await stored(graph, files.WEBM, "audio/ogg")
    await graph.wamid(audio={"id": media_id})
    await graph.world.settled()
    assert receiver.statuses()[0]["errors"][0]["code"] == 131053


async def test_a_file_of_another_kind_fails_later(graph: Graph, receiver: Receiver) -> None:
    await graph.wamid(image={"id": await stored(graph, files.PDF, "application/pdf")})
    await graph.wamid(audio={"id": await stored(graph, files.MP3, "audio/mpeg"), "voice": True})
    await graph.world.settled()
    assert [status["errors"][0]["code"] for status in receiver.statuses()] == [131053, 131053]


async def test_an_unknown_or_foreign_file_cannot_be_sent(graph: Graph) -> None:
    media_id = await stored(graph)
    told = {
        "messaging_product": "whatsapp",
        "to": "+573001112233",
        "type": "image",
        "image": {"id": media_id},
    }
    assert code_of(await graph.http.post(f"/v25.0/{OTHER_PNID}/messages", json=told)) == 131009
    assert code_of(await graph.send(image={"id": "123"})) == 131009
    assert (await graph.send(image={"id": media_id})).status_code == 200


async def test_a_file_belongs_to_its_number(graph: Graph) -> None:
    media_id = await stored(graph)
    answer = await graph.http.get(f"/v25.0/{media_id}?phone_number_id={OTHER_PNID}")
    assert (code_of(answer), answer.json()["error"]["error_subcode"]) == (100, 33)


async def test_an_address_lives_five_minutes_and_can_be_asked_again(graph: Graph, clock: Clock) -> None:
    media_id = await stored(graph)
    url = await address(graph, media_id)
    clock.advance(timedelta(minutes=5))
    assert (await graph.http.get(url)).status_code == 404
    assert (await graph.http.get(await address(graph, media_id))).status_code == 200


async def test_an_address_needs_the_token_and_cannot_be_made_up(graph: Graph) -> None:
    url = await address(graph, await stored(graph))
    assert (await graph.http.get(url, headers={"authorization": "Bearer other"})).status_code == 404
    assert (await graph.http.get(url + "0")).status_code == 404
    assert (await graph.http.get("/lookaside/whatsapp_business/attachments/?mid=1&ext=x")).status_code == 404


async def test_an_upload_lives_30_days_and_a_deleted_one_is_gone(graph: Graph, clock: Clock) -> None:
    media_id, other = await stored(graph), await stored(graph)
    assert (await graph.http.delete(f"/v25.0/{other}")).json() == {"success": True}
    assert code_of(await graph.http.get(f"/v25.0/{other}")) == 100
    clock.advance(timedelta(days=29))
    assert (await graph.http.get(f"/v25.0/{media_id}")).status_code == 200
    clock.advance(timedelta(days=1))
    assert code_of(await graph.http.get(f"/v25.0/{media_id}")) == 100


async def test_a_customers_file_lives_7_days_and_tells_its_digest(
    graph: Graph, clock: Clock, receiver: Receiver
) -> None:
    graph.world.graph_url = "http://graph.test"
    await graph.world.handset("ana", PNID).sends_media("document", files.PDF, "application/pdf", filename="a.pdf")
    await graph.world.settled()
    told = receiver.messages()[0]["document"]
    assert base64.b64decode(told["sha256"]) == hashlib.sha256(files.PDF).digest()
    assert told["filename"] == "a.pdf"
    assert (await graph.http.get(told["url"])).content == files.PDF
    assert (await graph.http.get(f"/v25.0/{told['id']}")).status_code == 200
    clock.advance(timedelta(days=7))
    assert code_of(await graph.http.get(f"/v25.0/{told['id']}")) == 100


@pytest.mark.parametrize("kind", ["image", "video", "audio", "document", "sticker"])
async def test_a_file_of_each_kind_can_come_in(world: World, receiver: Receiver, kind: str) -> None:
    await world.handset("ana", PNID).sends_media(kind, files.webp(512, 512, animated=True), "x/y", voice=None)
    await world.settled()
    assert receiver.messages()[0][kind]["mime_type"] == "x/y"
    assert receiver.messages()[0][kind].get("animated") == (True if kind == "sticker" else None)


async def test_a_file_above_100_mb_does_not_come_in(world: World, receiver: Receiver) -> None:
    await world.handset("ana", PNID).sends_media("video", bytes(100 * MB + 1), "video/mp4")
    await world.settled()
    assert receiver.messages()[0]["errors"][0]["code"] == 131052
    assert "video" not in receiver.messages()[0]


@pytest.mark.parametrize(("fault", "status"), [("unauthorized", 401), ("not_found", 404), ("redirect", 302)])
async def test_the_bytes_can_be_refused_once(graph: Graph, fault: str, status: int) -> None:
    url = await address(graph, await stored(graph))
    setattr(graph.world.faults.media, fault, once())
    assert (await graph.http.get(url)).status_code == status
    assert (await graph.http.get(url)).status_code == 200


async def test_the_bytes_and_the_digest_can_be_wrong(graph: Graph) -> None:
    media_id = await stored(graph)
    url = await address(graph, media_id)
    graph.world.faults.media.wrong_length = once()
    graph.world.faults.media.wrong_bytes = once()
    graph.world.faults.media.wrong_sha256 = once()
    assert len((await graph.http.get(url)).content) == len(files.PNG) // 2
    wrong = (await graph.http.get(url)).content
    assert len(wrong) == len(files.PNG)
    assert wrong != files.PNG
    told = (await graph.http.get(f"/v25.0/{media_id}")).json()
    assert told["sha256"] != hashlib.sha256(files.PNG).hexdigest()


async def test_the_bytes_can_break_off(wired: Graph) -> None:
    url = await address(wired, await stored(wired, files.PDF * 50_000, "application/pdf"))
    wired.world.faults.media.truncated = once()
    with pytest.raises(httpx.RemoteProtocolError):
        await wired.http.get(url)


@pytest.mark.parametrize("fault", ["huge", "endless"])
async def test_the_bytes_can_go_on_and_on_until_the_reader_leaves(wired: Graph, fault: str) -> None:
    url = await address(wired, await stored(wired))
    setattr(wired.world.faults.media, fault, once())
    seen = 0
    async with wired.http.stream("GET", url) as answer:
        async for piece in answer.aiter_bytes():
            seen += len(piece)
            if seen > 3 * MB:
                break
    assert (await wired.http.get(url)).content == files.PNG


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"--b\r\n\r\nx", "multipart/form-data; boundary=b"),
        (b"--b\r\nx\r\n--b--", "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data"),
    ],
)
async def test_an_upload_that_is_no_form_is_refused(graph: Graph, body: bytes, content_type: str) -> None:
    headers = {"content-type": content_type}
    answer = await graph.http.post(f"/v25.0/{PNID}/media", content=body, headers=headers)
    assert code_of(answer) == 100


async def test_an_upload_needs_its_product_and_its_file(graph: Graph) -> None:
    assert code_of(await upload(graph, files.PNG, "image/png", messaging_product="x")) == 100
    form = {"messaging_product": (None, "whatsapp"), "type": (None, "image/png")}
    assert code_of(await graph.http.post(f"/v25.0/{PNID}/media", files=form)) == 100
