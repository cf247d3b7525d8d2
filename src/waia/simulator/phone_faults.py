"""The faults that the phone page offers: each goes off once, at the next thing that it can spoil."""

from collections.abc import Callable
from dataclasses import dataclass

from waia.kit.i18n import N_
from waia.simulator.faults import Faults, Knob, once

RATE_LIMIT = 130429
FILE = "archivo_"


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    label: str
    meaning: str
    armed: bool
    of_files: bool = False


@dataclass(frozen=True, slots=True)
class _Offer:
    label: str
    meaning: str
    knob: Callable[[Faults], Knob]
    arm: Callable[[Faults, Knob], None]


def faults_of(faults: Faults) -> tuple[Fault, ...]:
    return tuple(
        Fault(name, offer.label, offer.meaning, offer.knob(faults).is_on, of_files=name.startswith(FILE))
        for name, offer in _OFFERS.items()
    )


def toggle(faults: Faults, name: str) -> bool:
    """Arms the fault, or takes it back if it is armed; False for a fault that is not offered."""
    offer = _OFFERS.get(name)
    if offer is None:
        return False
    offer.arm(faults, Knob() if offer.knob(faults).is_on else once())
    return True


def _duplicate(faults: Faults, knob: Knob) -> None:
    faults.webhook.duplicate = knob


def _reorder(faults: Faults, knob: Knob) -> None:
    faults.webhook.reorder = knob


def _drop(faults: Faults, knob: Knob) -> None:
    faults.status.drop = knob


def _lost_answer(faults: Faults, knob: Knob) -> None:
    faults.send.lost_answer = knob


def _too_many(faults: Faults, knob: Knob) -> None:
    faults.send.refused, faults.send.refused_code, faults.send.rate_limit_http = knob, RATE_LIMIT, 429


def _of_files(knob: str, label: str, meaning: str) -> _Offer:
    """A fault of the next file that a customer sends."""
    return _Offer(
        label,
        meaning,
        lambda faults: getattr(faults.media, knob),
        lambda faults, value: setattr(faults.media, knob, value),
    )


_FILE_OFFERS = {
    "vencido": _of_files("expired", N_("Dirección vencida"), N_("Ya pasaron los 5 minutos: waia pide otra.")),
    "sin_permiso": _of_files("unauthorized", N_("Sin permiso (401)"), N_("Meta no acepta el token una vez.")),
    "perdido": _of_files("not_found", N_("No está (404)"), N_("Meta no encuentra el archivo una vez.")),
    "cortado": _of_files("truncated", N_("Cortado"), N_("La conexión se corta a la mitad del archivo.")),
    "largo": _of_files("wrong_length", N_("Otro tamaño"), N_("Llega la mitad, como si fuera todo.")),
    "cambiado": _of_files("wrong_bytes", N_("Otro contenido"), N_("Los bytes no son los que dice su huella.")),
    "desviado": _of_files("redirect", N_("Desviado"), N_("Meta manda a otra dirección: waia no la sigue.")),
    "sin_fin": _of_files("endless", N_("Sin fin"), N_("El archivo no termina nunca: waia lo deja.")),
    "lento": _of_files("slow", N_("Lento"), N_("Tarda medio minuto: el mensaje ya se ve.")),
}
_OFFERS = {
    "duplicado": _Offer(
        N_("Webhook duplicado"),
        N_("El próximo aviso llega dos veces. La respuesta sale una sola vez."),
        lambda faults: faults.webhook.duplicate,
        _duplicate,
    ),
    "desorden": _Offer(
        N_("Webhook desordenado"),
        N_("El próximo aviso espera y llega después del siguiente."),
        lambda faults: faults.webhook.reorder,
        _reorder,
    ),
    "estado": _Offer(
        N_("Estado perdido"),
        N_("Se pierde el próximo aviso de enviado, entregado o leído."),
        lambda faults: faults.status.drop,
        _drop,
    ),
    "respuesta": _Offer(
        N_("Respuesta perdida"),
        N_("El próximo mensaje sale, pero la conexión se corta antes de la respuesta."),
        lambda faults: faults.send.lost_answer,
        _lost_answer,
    ),
    "limite": _Offer(
        N_("Límite de Meta (429)"),
        N_("Meta rechaza el próximo envío por exceso; waia lo intenta de nuevo."),
        lambda faults: faults.send.refused,
        _too_many,
    ),
    **{FILE + name: offer for name, offer in _FILE_OFFERS.items()},
}
