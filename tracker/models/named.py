"""The columns of what people give a name to, and of what has an address of its own."""

import secrets

from sqlalchemy.orm import Mapped, declared_attr, mapped_column, validates

from tracker.db import Code, Name
from tracker.domain.names import key_of


def new_public_id() -> str:
    """An address that nobody guesses, and that tells nothing of another's (security.md S12)."""
    return secrets.token_urlsafe(18)


class Named:
    """A name, and the key by which two names are one. Whoever sets the name sets the key."""

    @declared_attr
    @classmethod
    def name(cls) -> Mapped[str]:
        """As people read it."""
        return mapped_column(Name)

    @declared_attr
    @classmethod
    def name_key(cls) -> Mapped[str]:
        """What the database compares. Where names were equal before there were keys, a line break sets it apart."""
        return mapped_column(Code, server_default="")

    @validates("name")
    def _set_key(self, attribute: str, name: str) -> str:
        if name != self.name:
            self.name_key = key_of(name)
        return name
