"""A file on its way to Meta: one multipart body, read piece by piece, and a clear outcome whatever happens."""

from collections.abc import AsyncIterator

import pytest

from tests.whatsapp.raw_server import Behaviour, answer, reset, serving
from waia.simulator.multipart import read_parts
from waia.whatsapp.answers import ReasonKind, Refused, Retry, Stopped
from waia.whatsapp.client import GraphClient
from waia.whatsapp.connections import WarmestFirst
from waia.whatsapp.uploads import FileToUpload, Uploaded, UploadOutcome

CONTENT = bytes(range(256)) * 1024


async def _pieces() -> AsyncIterator[bytes]:
    for start in range(0, len(CONTENT), 65536):
        yield CONTENT[start : start + 65536]


FILE = FileToUpload(mime="audio/ogg", size=len(CONTENT), read=_pieces)


async def uploaded_to(url: str, file: FileToUpload = FILE) -> UploadOutcome:
    async with WarmestFirst() as http:
        return await GraphClient(http, url, "v25.0", "a-token", connect_s=2).upload("900100", file)


async def test_a_file_arrives_whole_with_its_type() -> None:
    async with serving(answer(200, {"id": "77001"})) as server:
        assert await uploaded_to(server.url) == Uploaded("77001")
    (request,) = server.requests
    assert request.line == "POST /v25.0/900100/media HTTP/1.1"
    assert request.headers["authorization"] == "Bearer a-token"
    parts = read_parts(request.body, request.headers["content-type"])
    assert (parts["file"].content, parts["file"].content_type) == (CONTENT, "audio/ogg")
    assert (parts["messaging_product"].content, parts["type"].content) == (b"whatsapp", b"audio/ogg")


def _error(code: int) -> dict[str, object]:
    return {"error": {"message": f"(#{code}) Told", "code": code}}


OUTCOMES: list[tuple[Behaviour, type, object]] = [
    (answer(400, _error(131053)), Refused, ReasonKind.MEDIA),
    (answer(400, _error(100)), Refused, ReasonKind.REQUEST),
    (answer(401, _error(190)), Stopped, None),
    (answer(429, _error(130429)), Retry, None),
    (answer(500, _error(131000)), Retry, None),
    (answer(502, b"<html>"), Retry, None),
    (answer(200, b"not json"), Retry, None),
    (answer(200, {}), Retry, None),
    (reset, Retry, None),
]


@pytest.mark.parametrize(("behave", "kind", "reason"), OUTCOMES)
async def test_each_trouble_has_its_outcome_and_none_is_left_in_doubt(
    behave: Behaviour, kind: type, reason: object
) -> None:
    async with serving(behave) as server:
        outcome = await uploaded_to(server.url)
    assert isinstance(outcome, kind)
    assert getattr(outcome, "reason_kind", None) == reason


async def test_a_file_that_ends_early_or_is_gone_is_tried_again() -> None:
    async def gone() -> AsyncIterator[bytes]:
        raise FileNotFoundError
        yield b""

    async with serving(answer(200, {"id": "1"})) as server:
        for file in (FileToUpload("audio/ogg", len(CONTENT) + 1, _pieces), FileToUpload("audio/ogg", 5, gone)):
            assert isinstance(await uploaded_to(server.url, file), Retry)
    assert isinstance(await uploaded_to("http://127.0.0.1:1"), Retry)
