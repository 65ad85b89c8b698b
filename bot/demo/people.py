"""The people of the demo and the configuration it runs with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.demo.world import FIRST, SECOND

ADAPTER = "local"
PARTNER_CONTACT, OPERATOR_CONTACT, SECOND_CONTACT = "lina", "desk", "wangwei"


def demo_settings(folder: Path, port: int) -> Mapping[str, Any]:
    """Plain settings, as a configuration file would hold them."""
    return {
        "store": {"url": f"sqlite+aiosqlite:///{folder / 'parcelbridge.db'}"},
        "web": {"host": "127.0.0.1", "port": port, "public_url": f"http://127.0.0.1:{port}"},
        "partners": [
            {"code": FIRST, "name": "菜鸟 Cainiao", "language": "zh-Hans", "time_zone": "Asia/Shanghai"},
            {"code": SECOND, "name": "集途 Jitu Express", "language": "zh-Hans", "time_zone": "Asia/Shanghai"},
        ],
        "adapters": [{"name": ADAPTER, "type": "local"}],
        "contacts": [
            {"name": "李娜", "role": "partner", "partner": FIRST, "time_zone": "Asia/Shanghai",
             "addresses": {ADAPTER: PARTNER_CONTACT}},
            {"name": "王伟", "role": "partner", "partner": SECOND, "time_zone": "Asia/Shanghai",
             "addresses": {ADAPTER: SECOND_CONTACT}},
            {"name": "Landmark Operations Desk", "role": "operator", "language": "en",
             "time_zone": "Europe/Brussels", "addresses": {ADAPTER: OPERATOR_CONTACT}},
        ],
        "alerts": {"quiet_hours": {"enabled": False}},
        "logging": {"level": "WARNING"},
    }
