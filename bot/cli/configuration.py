"""`check-config` and `adapters`: what is configured, what is installed."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.main import app


@app.command("check-config")
def check_config(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Configuration file to check.")],
) -> None:
    """Validate a configuration; list its adapters and what each still needs. No secret is printed."""
    from bot.registry import configured_instances
    from bot.settings import load_settings

    settings = load_settings(file)
    instances = configured_instances(settings, str(file))
    print(f"{file}: valid")
    print(
        f"partners: {len(settings.partners)}  contacts: {len(settings.contacts)}  "
        f"feeds: {len(settings.feeds)}  adapters: {len(instances)}"
    )
    for name, instance in instances.items():
        missing = instance.missing()
        state = "ready" if not missing else "still needs " + ", ".join(missing)
        print(f"adapter {name} ({instance.type.type_name}): {state}")


@app.command("adapters")
def adapters() -> None:
    """List installed adapters, their version and what they can do."""
    from bot.registry import installed_types

    for name, installed in installed_types().items():
        print(f"{name}\t{installed.distribution} {installed.version}\t{installed.type.summary}")
