"""The cast of a world: its customers with the ids they show, and the business's phone numbers."""

from dataclasses import dataclass, field
from enum import StrEnum

from waia.simulator.wire import Json


class IdentityMode(StrEnum):
    """What Meta tells about a person: as before 2026, as now, or after taking a username."""

    PHONE_ONLY = "phone_only"
    PHONE_AND_BSUID = "phone_and_bsuid"
    BSUID_ONLY = "bsuid_only"


@dataclass(slots=True)
class Customer:
    """`wa_id` and `user_id` are what is true; the mode says which of them are told."""

    key: str
    name: str
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    username: str | None = None
    mode: IdentityMode = IdentityMode.PHONE_AND_BSUID
    reads_at_once: bool = True
    """False: a person at the phone page decides when to read."""
    read_receipts: bool = True
    identity_hash: str | None = None
    missing_as_empty: bool = False
    """Write `""` for a hidden id, as the first drafts of the 2026 change did."""
    shows_profile: bool = True

    @property
    def shown_wa_id(self) -> str | None:
        return None if self.mode is IdentityMode.BSUID_ONLY else self.wa_id

    @property
    def shown_user_id(self) -> str | None:
        return None if self.mode is IdentityMode.PHONE_ONLY else self.user_id

    @property
    def shown_parent_user_id(self) -> str | None:
        return None if self.mode is IdentityMode.PHONE_ONLY else self.parent_user_id

    def ids(self, wa_id_key: str, user_id_key: str, parent_key: str) -> Json:
        """The ids under the names of one payload, hidden ones left out (or empty)."""
        pairs = (
            (wa_id_key, self.shown_wa_id),
            (user_id_key, self.shown_user_id),
            (parent_key, self.shown_parent_user_id),
        )
        told = {name: value for name, value in pairs if value}
        if self.missing_as_empty:
            told = {wa_id_key: "", user_id_key: ""} | told
        return told

    def contact(self) -> Json:
        """The entry of `contacts[]`."""
        told = self.ids("wa_id", "user_id", "parent_user_id")
        if not self.shows_profile:
            return told
        profile = {"name": self.name}
        if self.username and self.mode is not IdentityMode.PHONE_ONLY:
            profile["username"] = self.username
        return {"profile": profile} | told

    def answers_to(self, address: str) -> bool:
        return bool(address) and address in (self.wa_id, self.user_id, self.parent_user_id)


@dataclass(slots=True)
class PhoneNumber:
    """A number of the business (a PNID)."""

    pnid: str
    display: str
    verified_name: str = "Comercio de prueba"
    profile: Json = field(default_factory=dict)

    def metadata(self) -> Json:
        return {"display_phone_number": self.display, "phone_number_id": self.pnid}
