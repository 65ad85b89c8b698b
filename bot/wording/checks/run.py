"""All ten checks, one after the other."""

from collections.abc import Sequence
from pathlib import Path

from bot.wording.checks.allowed import Allowed
from bot.wording.checks.extraction import extraction
from bot.wording.checks.forms import completeness, placeholders, plurals
from bot.wording.checks.glossary import glossary
from bot.wording.checks.problems import Catalogs, Problem
from bot.wording.checks.sizes import sizes
from bot.wording.checks.texts import addresses, blanks, punctuation, script


def check_all(locales: Path, code: Sequence[Path]) -> list[Problem]:
    """Everything that is wrong, in the order of the files."""
    catalogs, allowed = Catalogs.read(locales), Allowed.read(locales)
    found = [
        *completeness(catalogs),
        *placeholders(catalogs),
        *plurals(catalogs),
        *punctuation(catalogs, allowed),
        *script(catalogs, allowed),
        *blanks(catalogs, allowed),
        *addresses(catalogs),
        *glossary(catalogs, allowed),
        *sizes(catalogs, allowed),
        *extraction(catalogs, allowed, code),
    ]
    return sorted(set(found), key=lambda problem: (str(problem.path), problem.line, problem.check, problem.what))
