"""What travels between the process that reads files and the service: limits there, findings back."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trouble(StrEnum):
    """Why a file gave nothing; for each there is a sentence that names the fix."""

    TOO_LARGE = "too_large"  # more bytes than are fetched
    GONE = "gone"  # the platform does not have it any more, or does not give it to us
    DIED = "died"  # the process that read it died, or took too long
    OTHER_KIND = "other_kind"  # neither a table nor a picture
    LOCKED = "locked"  # asks for a password
    BOMB = "bomb"  # unpacks to far more than it seems
    DAMAGED = "damaged"  # says it is a table, cannot be read as one
    NO_NUMBERS = "no_numbers"  # a table without a number in it
    HEIC = "heic"  # the format of iPhone pictures, which nothing here decodes
    TOO_MANY_PIXELS = "too_many_pixels"
    BAD_PICTURE = "bad_picture"  # damaged, or of a format nobody takes photos in
    NO_CODE = "no_code"  # a picture without a code that can be read


class Limits(_Part):
    """How large a file may be, and how much is taken from it."""

    max_bytes: int = 20_000_000
    max_numbers: int = 20_000
    max_megapixels: int = 50
    max_seconds: int = 20
    """The process that reads is ended after so long."""


class Odd(_Part):
    """A cell whose content is no number, and where it is."""

    place: str
    """`B17`."""
    value: str


class Column(_Part):
    """A column that may be the one with the parcel numbers."""

    letter: str
    heading: str = ""
    rank: int = 0
    """How much its heading speaks for it."""
    numbers: tuple[str, ...]
    """Each once, in the order of the rows."""
    shaped: int = 0
    """How many of them have the form of a parcel number."""
    repeated: int = 0
    left: int = 0
    """Numbers beyond what is taken from one file."""
    lost: int = 0
    """Cells whose number has lost its last digits."""
    lost_shown: tuple[Odd, ...] = ()
    junk: int = 0
    """Cells that hold something else."""
    junk_shown: tuple[Odd, ...] = ()


class Sheet(_Part):
    """A sheet of a workbook, with the columns to choose from; the likeliest first."""

    name: str = ""
    """Empty where the file has only one table."""
    columns: tuple[Column, ...]


class Code(_Part):
    """A bar or matrix code of a picture: its text, and the numbers in it."""

    text: str
    numbers: tuple[str, ...]
    shaped: bool
    """False: the number has no form we know; it counts when a parcel has it."""


class Reading(_Part):
    """What came of one file."""

    kind: Literal["table", "picture", "other"] = "other"
    trouble: Trouble | None = None
    sheets: tuple[Sheet, ...] = ()
    hidden: tuple[str, ...] = Field(default=())
    """Names of sheets that were skipped because they are hidden."""
    codes: tuple[Code, ...] = ()
    small: bool = False
    """A picture of the size of logos and emoticons."""
