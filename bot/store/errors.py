"""What can go wrong with a store, in words an administrator can act on.

StoreError
├── StoreUnavailable      try again later; nothing was written
│   ├── StoreBusy         another process holds the write lock
│   └── StoreFull         the disk is full
├── StoreReadOnly         the file or the database role may not be written
├── SchemaMismatch        the tables are older or newer than this program
└── ServiceRunning        a second service on one SQLite file
"""


class StoreError(Exception):
    """Root of everything a store refuses."""


class StoreUnavailable(StoreError):
    """The store cannot take this now; nothing was written, the same call may work later."""


class StoreBusy(StoreUnavailable):
    """Another process holds the write lock for longer than the caller could wait."""


class StoreFull(StoreUnavailable):
    """The disk is full."""


class StoreReadOnly(StoreError):
    """The database may not be written."""


class SchemaMismatch(StoreError):
    """The tables do not fit this program."""


class ServiceRunning(StoreError):
    """Another service works on the same SQLite file."""
