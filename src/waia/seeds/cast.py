"""The people of the demo, by name: two agents and the customers of a countertop shop."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agent:
    username: str
    name: str
    role_keyword: str


@dataclass(frozen=True, slots=True)
class Customer:
    """`wa_id` holds digits; `username` without @. `hides_phone`: Meta tells only the user id."""

    key: str
    name: str
    user_id: str
    wa_id: str = ""
    username: str = ""
    hides_phone: bool = False


ANA = Agent("ana", "Ana Torres", "ventas")
BETO = Agent("beto", "Beto Salas", "admin")
AGENTS = (ANA, BETO)
ROLES = (("Administrador", "admin"), ("Ventas", "ventas"))

CARLA = Customer("carla", "Carla Gómez", "CO.5120000000000001", "573005550101")
DIEGO = Customer("diego", "Diego Ramírez", "CO.5120000000000002", "573005550102")
ELENA = Customer(
    "elena",
    "Elena Duarte",
    "CO.5120000000000003",
    username="elena.disena",
    hides_phone=True,
)
FABIO = Customer("fabio", "Fabio Lozano", "CO.5120000000000004", "573005550104")
GLORIA = Customer("gloria", "Gloria Peña", "CO.5120000000000005", "573005550105")
HASSAN = Customer("hassan", "حسن الخطيب", "CO.5120000000000006", "573005550106")
INES = Customer("ines", "Inés Mora", "CO.5120000000000007", "573005550107")
JORGE = Customer("jorge", "Jorge Iván Castaño", "CO.5120000000000008", "573005550108")
KARINA = Customer("karina", "Karina Vélez", "CO.5120000000000009", "573005550109")
LUIS = Customer("luis", "Luis Ángel Pardo", "CO.5120000000000010", "573005550110")
MARTA = Customer("marta", "Marta Ruiz", "CO.5120000000000011", "573005550111")
OSCAR = Customer(
    "oscar",
    "Óscar Alejandro Fernández de la Hoz, Remodelaciones y Acabados S.A.S.",
    "CO.5120000000000012",
    "573005550112",
)
PAULA = Customer("paula", "Paula Nieto", "CO.5120000000000013", "573005550113")
QUIQUE = Customer(
    "quique",
    "Quique",
    "CO.5120000000000014",
    username="quique.obras",
    hides_phone=True,
)

CUSTOMERS = (
    PAULA, CARLA, ELENA, DIEGO, LUIS, GLORIA, FABIO, MARTA, JORGE, INES, HASSAN, OSCAR, KARINA, QUIQUE
)  # fmt: skip
