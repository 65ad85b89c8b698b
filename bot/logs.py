"""Structured logs on standard error, with credentials taken out whatever they stand in."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_KEYS = (
    "access_?token|ticket|session|sign|app_?secret|client_?secret|secret|authorization|password|token|downloadurl"
    "|x-acs-dingtalk-access-token"
)
_VALUE = r"[^\s\"'\\&,;)}\]]+"
_SECRET = re.compile(rf"(?i)(?<![^\W_])({_KEYS})(\\?[\"']?\s*[=:]\s*\\?[\"']?(?:bearer\s+)?)({_VALUE})")
_BEARER = re.compile(rf"(?i)\b(bearer)(\s+|\s*[=:]\s*)({_VALUE})")
_CREDENTIALS_IN_URL = re.compile(r"(://)[^/@\s]+@")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """The text with every credential we know the look of replaced by `***`."""
    return _CREDENTIALS_IN_URL.sub(r"\1***@", _BEARER.sub(r"\1\2***", _SECRET.sub(r"\1\2***", text)))


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **fields,
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return redact(json.dumps(entry, ensure_ascii=False, default=str))


def configure_logging(level: str, style: str) -> None:
    """One handler on standard error for the whole process; `style` is `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    plain = _Text("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    handler.setFormatter(_Json() if style == "json" else plain)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
