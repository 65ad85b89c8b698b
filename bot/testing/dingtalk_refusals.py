"""How the OpenAPI of the fake DingTalk answers, and how it words a refusal."""

from typing import Any
from uuid import uuid4

Answer = tuple[int, dict[str, Any]]
"""HTTP status and body."""


def problem(code: str, message: str = "", *, status: int = 400) -> Answer:
    """A refusal; without a message the code stands for it."""
    return status, {"code": code, "message": message or code, "requestid": uuid4().hex}
