"""The bodies of `payloads/`, made for these tests: Carla (573009998877, CO.1111) writes to 900100."""

from pathlib import Path

from waia.whatsapp.inbound import Inbound, read, split

FOLDER = Path(__file__).parent / "payloads"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def body(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def received(name: str) -> list[Inbound]:
    return [read(item.kind, item.payload) for item in split(body(name)).items]
