"""`python -m kinesics.server.worker FD`."""

import sys

from .process import main

if __name__ == "__main__":
    main(sys.argv[1:])
