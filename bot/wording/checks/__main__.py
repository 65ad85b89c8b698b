"""`python -m bot.wording.checks`: prints what is wrong, one line each; exit code 1 when anything is."""

import argparse
import sys
from pathlib import Path

import bot
from bot.errors import ParcelbridgeError
from bot.wording.catalogs import locales_folder
from bot.wording.checks.run import check_all


def main() -> int:
    """Check the catalogs of this checkout, or of other folders."""
    parser = argparse.ArgumentParser(prog="python -m bot.wording.checks")
    parser.add_argument("--locales", type=Path, default=locales_folder())
    parser.add_argument("--code", type=Path, action="append")
    options = parser.parse_args()
    try:
        problems = check_all(options.locales, options.code or [Path(bot.__file__).parent])
    except ParcelbridgeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"{len(problems)} problems in the catalogs\n" if problems else "catalogs: all ten checks pass\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
