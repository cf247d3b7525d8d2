"""Who a send is for: a phone (`to`) or a business-scoped user id (`recipient`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from waia.simulator.people import Customer
from waia.simulator.validate.fields import wrong
from waia.simulator.wire import Json

_DECORATION = str.maketrans("", "", "+-() .")
_PHONE = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)
_BSUID = re.compile(r"(?:[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}|user\.[0-9a-f]{1,128})", re.ASCII)
_REWRITES = (
    (re.compile(r"55(\d{2})9(\d{8})"), r"55\1\2"),
    (re.compile(r"52(\d{10})"), r"521\1"),
    (re.compile(r"54(\d{10})"), r"549\1"),
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """`address` is the phone's digits or the user id; without a customer it is a stranger."""

    written: str
    address: str
    by_user_id: bool
    customer: Customer | None

    @property
    def key(self) -> str:
        """What windows and pair limits count by."""
        return self.customer.key if self.customer else self.address

    def answer_contact(self) -> Json:
        return {"input": self.written, "user_id" if self.by_user_id else "wa_id": self.address}


class Directory:
    """Finds customers by any of their ids; remembers who was found, and looks again if ids have changed."""

    def __init__(self, customers: Mapping[str, Customer]) -> None:
        self._customers = customers
        self._found: dict[str, Customer] = {}

    def find(self, address: str) -> Customer | None:
        customer = self._found.get(address)
        if customer is not None and customer.answers_to(address) and customer.key in self._customers:
            return customer
        for customer in self._customers.values():
            if customer.answers_to(address):
                self._found[address] = customer
                return customer
        return None


def recipient_of(payload: Json, directory: Directory, *, rewrites: bool) -> Recipient:
    """If both `to` and `recipient` are there, `to` wins."""
    if written := payload.get("to"):
        digits = phone_digits(written)
        shown = rewritten(digits) if rewrites else digits
        customer = directory.find(digits) or directory.find(rewritten(digits))
        return Recipient(written, shown, by_user_id=False, customer=customer)
    written = payload["recipient"]
    if not _BSUID.fullmatch(written):
        raise wrong("recipient", "is not a business-scoped user id")
    return Recipient(written, written, by_user_id=True, customer=directory.find(written))


def phone_digits(written: str) -> str:
    digits = written.translate(_DECORATION)
    if not _PHONE.fullmatch(digits):
        raise wrong("to", "is not a phone number")
    return digits


def rewritten(digits: str) -> str:
    """WhatsApp's own idea of a number: no ninth digit in Brazil, an extra one in Mexico and Argentina."""
    for pattern, replacement in _REWRITES:
        if pattern.fullmatch(digits):
            return pattern.sub(replacement, digits)
    return digits
