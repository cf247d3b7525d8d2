"""The agent's name ahead of what they write, for installations that want customers to see who answers."""

from waia.accounts.signed_in import SignedIn
from waia.settings import Settings
from waia.whatsapp.cutting import units


def signature_for(user: SignedIn, settings: Settings) -> str:
    """`settings` with the owner's laid over; empty where names are not sent along."""
    return signature_of(user.name) if settings.agent_name_prefix else ""


def signature_of(name: str) -> str:
    """Bold in WhatsApp, which ends bold text at an asterisk or a new line; empty for a name without a letter."""
    shown = " ".join(name.replace("*", " ").split())
    return f"*{shown}:*" if any(sign.isalnum() for sign in shown) else ""


def added_by(signature: str) -> int:
    """How much of Meta's limits it takes."""
    return units(signed("x", signature)) - units("x")


def signed(text: str, signature: str) -> str:
    """Words that are empty stay so."""
    return f"{signature}\n{text}" if text and signature else text
