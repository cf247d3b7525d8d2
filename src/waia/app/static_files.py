"""`/static`: our scripts, styles and pictures, compressed where that helps, kept for ever where the address tells."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from litestar import Request, Response, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from waia.kit.errors import NotFound
from waia.kit.files import ASSET_HASH_LENGTH, content_hash, static_dir

LONGEST_NAME = 255
KEPT_FOR_EVER, ASKED_AGAIN = "public, max-age=31536000, immutable", "public, no-cache"
COMPRESSED = ("text/", "application/json", "application/manifest", "image/svg")
BEST = 9
TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".webp": "image/webp"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """`zipped` is empty where it would not be smaller."""

    body: bytes
    zipped: bytes
    digest: str
    media_type: str


@route("/static/{file_path:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD], opt={"public": True})
async def show_static(request: Request[Any, Any, Any], file_path: FromPath[Path]) -> Response[bytes]:
    """200 or 304; anything outside of the folder is not there."""
    name = file_path.as_posix().lstrip("/")
    found = _find(name)
    is_zipped = bool(found.zipped) and "gzip" in request.headers.get("accept-encoding", "")
    headers = _headers(found, name, request.query_params.get("v", ""), is_zipped=is_zipped)
    if headers["ETag"] in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers, media_type=found.media_type)
    body = found.zipped if is_zipped else found.body
    headers["Content-Length"] = str(len(body))
    sent = b"" if request.method == HttpMethod.HEAD else body
    return Response(sent, headers=headers, media_type=found.media_type)


def _headers(found: StaticFile, name: str, version: str, *, is_zipped: bool) -> dict[str, str]:
    is_named_by_content = name.startswith("vendor/") and name != "vendor/manifest.json"
    lasting = is_named_by_content or version == found.digest[:ASSET_HASH_LENGTH]
    told = {
        "Cache-Control": KEPT_FOR_EVER if lasting else ASKED_AGAIN,
        "ETag": f'"{found.digest[:32]}{"-gzip" if is_zipped else ""}"',
        "Vary": "Accept-Encoding",
    }
    return told | ({"Content-Encoding": "gzip"} if is_zipped else {})


def _find(name: str) -> StaticFile:
    """A name that no file of ours has is not even looked for."""
    parts = name.split("/")
    if not name.isprintable() or any(len(part.encode("utf-8", "replace")) > LONGEST_NAME for part in parts):
        raise NotFound
    root = static_dir().resolve()
    file = (root / name).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        raise NotFound
    stat = file.stat()
    return _read(file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=512)
def _read(file: Path, modified_ns: int, size: int) -> StaticFile:
    body = file.read_bytes()
    media_type = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    zipped = gzip.compress(body, BEST, mtime=0) if media_type.startswith(COMPRESSED) else b""
    return StaticFile(
        body, zipped if len(zipped) < len(body) else b"", content_hash(file, modified_ns, size), media_type
    )
