"""`python -m portal.config`."""

import sys

from portal.config import Wrong, main

try:
    sys.stdout.write(main(sys.argv[1:]) + "\n")
except Wrong as told:
    sys.exit(str(told))
except OSError as problem:
    sys.exit(f"{problem.filename} cannot be written: {problem.strerror}.")
