"""The flow of a new installation: a greeting, the hours, a person. Its owner replaces it by his own words."""

from datetime import datetime

from waia.kit.db import Transaction
from waia.rules.models import RuleRow
from waia.rules.repository import has_rules
from waia.seeds.writing import menu, rule
from waia.settings import Settings

HOURS, PERSON = "Horario", "Hablar con alguien"


async def seed_starter(tx: Transaction, settings: Settings, now: datetime) -> bool:
    """Writes the starter flow into a database without rules; False when there are rules already."""
    if await has_rules(tx):
        return False
    tx.session.add_all(_starter_rules(settings))
    await tx.session.flush()
    return True


def _starter_rules(settings: Settings) -> list[RuleRow]:
    step = settings.initial_step
    greeting = "iniciar, hola, buenas, buenos días, buenas tardes, buenas noches"
    return [
        menu(step, greeting, "Hola, gracias por escribirnos. ¿En qué te ayudamos?", [(HOURS, ""), (PERSON, "")]),
        rule(
            step,
            "horario, horarios, qué horario tienen, a qué hora abren",
            _hours(settings),
            match="contiene",
        ),
        rule(
            step,
            "hablar con alguien, persona, asesor, asesora, humano",
            "Te comunico con una persona del equipo. Escribe tu pregunta y te respondemos apenas podamos.",
            match="contiene",
            at_end="persona",
        ),
    ]


def _hours(settings: Settings) -> str:
    """No invented hours: a real customer reads this."""
    if settings.hours:
        return f"Nuestro horario: {settings.hours}."
    return "Escríbenos a cualquier hora y te respondemos apenas podamos."
