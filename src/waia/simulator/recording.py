"""Makes a voice note of what a browser recorded, as a phone would have recorded it: Opus in Ogg, one channel."""

import asyncio
import shutil

VOICE_MIME = "audio/ogg; codecs=opus"
LONGEST_WORK_S = 30
_OGG, _WEBM = b"OggS", b"\x1a\x45\xdf\xa3"
_ARGUMENTS = (
    "-v", "error", "-protocol_whitelist", "pipe", "-f", "matroska", "-i", "pipe:0",
    "-vn", "-ac", "1", "-c:a", "libopus", "-b:a", "24k", "-f", "ogg", "pipe:1",
)  # fmt: skip


async def as_voice_note(recorded: bytes) -> bytes | None:
    """None if it is no recording of a browser, or there is no ffmpeg."""
    if recorded.startswith(_OGG):
        return recorded
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None or not recorded.startswith(_WEBM):
        return None
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        ffmpeg, *_ARGUMENTS, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(LONGEST_WORK_S):
            converted, _ = await child.communicate(recorded)
    except TimeoutError:
        child.kill()
        await child.wait()
        return None
    return converted if child.returncode == 0 and converted.startswith(_OGG) else None
