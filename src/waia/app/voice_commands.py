"""What the commands for the voice model do."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from waia.media.decoders import ffmpeg_path
from waia.media.limits import MB
from waia.settings import Settings
from waia.transcription.places import ModelPlaces, Progress
from waia.transcription.standing import standing


async def download(settings: Settings, language: str, tell: Callable[[str], None]) -> Path:
    """Raises NotFetched."""
    from waia.transcription.download import fetching

    def told(progress: Progress) -> None:
        tell(f"{progress.state}: {progress.done // MB} of {progress.total // MB} MB   ")

    return await fetching(settings, language, told).run()


def status(settings: Settings) -> list[str]:
    places = ModelPlaces.of(settings)
    return [
        f"language: {settings.voice_model_language}",
        f"folder: {places.model}",
        f"ffmpeg: {'found' if ffmpeg_path() else 'missing'}",
        f"voice notes: {standing(settings, datetime.now(UTC)).verdict}",
    ]
