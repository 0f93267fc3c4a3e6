"""`python -m unidossier.command`."""

import sys

from unidossier.command import main

if __name__ == "__main__":
    sys.exit(main())
