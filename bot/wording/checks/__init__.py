"""The ten checks over every sentence people read: `python -m bot.wording.checks`; `make lint` runs it.

1 completeness, 2 placeholders, 3 plural forms, 4 punctuation, 5 script, 6 blanks, 7 addresses and tags, 8 glossary,
9 size, 10 extraction. Each is a function from the catalogs to what is wrong with them.
"""

from bot.wording.checks.problems import Problem
from bot.wording.checks.run import check_all

__all__ = ["Problem", "check_all"]
