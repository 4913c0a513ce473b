"""python -m nn: the command, which Ctrl-C ends without a traceback also while its modules are loaded."""

import sys

if __name__ == "__main__":
    try:
        from .command import main

        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
