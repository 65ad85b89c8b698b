"""`python -m benchmarks [NAME...]`: run all benchmarks or the named ones."""

import importlib
import sys
from pathlib import Path

_NOT_BENCHMARKS = {"__init__", "__main__"}


def names() -> list[str]:
    """Modules of this package that have a `main`; helpers live in `benchmarks.parts`."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NOT_BENCHMARKS)


def main(wanted: list[str]) -> int:
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in wanted or known:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
