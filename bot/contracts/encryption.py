"""Keys that encrypt what an adapter keeps: several at once, so that they can be changed."""

from cryptography.fernet import Fernet
from pydantic import SecretStr

NEW_KEY = "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
"""Prints one."""


def checked_keys(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """The keys, for a validator of a configuration. Raises `ValueError` with the fix."""
    for key in value:
        try:
            Fernet(key.get_secret_value())
        except ValueError:
            raise ValueError(f"a key is not one of 32 bytes in base64; make one with: {NEW_KEY}") from None
    return value
