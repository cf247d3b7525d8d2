"""Media at the Graph API: upload, look-up, deletion, and the bytes behind a short-lived address."""

import asyncio
from collections.abc import AsyncIterator

from waia.simulator.faults import Knob
from waia.simulator.graph_errors import GraphError
from waia.simulator.http import Answer, Outcome, Request, Stream, ok
from waia.simulator.media import StoredMedia
from waia.simulator.media_kinds import check_upload
from waia.simulator.multipart import Part, read_parts
from waia.simulator.world import World


async def upload(world: World, pnid: str, request: Request) -> Outcome:
    parts = read_parts(request.body, request.headers.get("content-type", ""))
    if _value(parts, "messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    file = parts.get("file")
    if file is None or file.filename is None:
        raise GraphError(100, "The parameter file is required.")
    mime = file.content_type or _value(parts, "type") or "application/octet-stream"
    kind, flaw = _judge(world, file.content, mime)
    media = world.media.add(pnid, file.content, mime, kind=kind, flaw=flaw)
    world.changed.beat()
    return ok({"id": media.id})


async def describe(world: World, media_id: str, request: Request) -> Outcome:
    media = world.media.get(media_id, request.query.get("phone_number_id"))
    base_url = world.graph_url or request.base_url
    if world.faults.media.wrong_sha256.fires(world.rng):
        media.told_digest = world.rng.randbytes(32)
    return ok(
        {
            "messaging_product": "whatsapp",
            "url": base_url + world.media.address(media, late=world.faults.media.expired.fires(world.rng)),
            "mime_type": media.mime,
            "sha256": media.sha256_hex,
            "file_size": len(media.content),
            "id": media.id,
        }
    )


async def delete(world: World, media_id: str, request: Request) -> Outcome:
    world.media.get(media_id, request.query.get("phone_number_id"))
    world.media.delete(media_id)
    return ok({"success": True})


async def download(world: World, request: Request, *, authorized: bool) -> Outcome:
    """The bytes. A missing token and an old address both look like 404, as at Meta."""
    faults = world.faults.media
    if _fires(world, faults.unauthorized):
        return Answer(b"", 401, "text/plain")
    media = world.media.at_address(request.query)
    if media is None or not authorized or _fires(world, faults.not_found):
        return Answer(b"", 404, "text/plain")
    if _fires(world, faults.redirect):
        return Answer(b"", 302, "text/plain", {"location": faults.redirect_to})
    if _fires(world, faults.slow):
        await asyncio.sleep(faults.slow_s)
    return _bytes_of(world, media)


def _judge(world: World, content: bytes, mime: str) -> tuple[str | None, GraphError | None]:
    try:
        return check_upload(content, mime), None
    except GraphError as refused:
        if not world.faults.media.judge_later:
            raise
        return None, refused


def _bytes_of(world: World, media: StoredMedia) -> Outcome:
    faults, content, mime = world.faults.media, media.content, media.mime
    if _fires(world, faults.truncated):
        return Stream(_blocks(content[: len(content) // 2]), len(content), mime)
    if _fires(world, faults.wrong_length):
        return Answer(content[: len(content) // 2], 200, mime)
    if _fires(world, faults.wrong_bytes):
        return Answer(bytes(byte ^ 0xFF for byte in content), 200, mime)
    if _fires(world, faults.huge):
        return Stream(_repeated(b"\0" * 65536, faults.huge_bytes), faults.huge_bytes, mime)
    if _fires(world, faults.endless):
        return Stream(_repeated(b"\0" * 65536, None), None, mime)
    return Answer(content, 200, mime)


def _fires(world: World, knob: Knob) -> bool:
    return knob.fires(world.rng)


async def _blocks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65536):
        yield content[start : start + 65536]


async def _repeated(block: bytes, size: int | None) -> AsyncIterator[bytes]:
    left = size
    while left is None or left > 0:
        piece = block if left is None else block[:left]
        yield piece
        left = None if left is None else left - len(piece)


def _value(parts: dict[str, Part], name: str) -> str:
    return parts[name].content.decode("utf-8", "replace") if name in parts else ""
