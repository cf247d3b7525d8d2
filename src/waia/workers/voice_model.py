"""Fetches the voice model when somebody left word for it, by the file that tells where a download stands."""

from dataclasses import dataclass

from waia.settings import Settings
from waia.transcription.places import ModelPlaces

VOICE_MODEL = "voice_model"
LOOK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class VoiceModelWorker:
    settings: Settings

    async def step(self) -> float:
        told = ModelPlaces.of(self.settings).progress
        if told is not None and told.state == "wanted" and self.settings.voice_workers:
            from waia.transcription.download import fetch_quietly  # it brings httpx' client along

            await fetch_quietly(self.settings)
        return LOOK_EVERY_S
