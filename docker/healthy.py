"""Asks the engine of this container whether it can take calls: the exit status is 0 only then."""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

SECONDS = 4.0


def main() -> int:
    """Ask the address that `up` wrote; print why it is not ready."""
    try:
        endpoints = json.loads((Path(os.environ["SWITCHBOARD_DATA"]) / "endpoints.json").read_text())
        urllib.request.urlopen(endpoints["api"]["ready"], timeout=SECONDS).close()  # noqa: S310 - written by ourselves
    except urllib.error.HTTPError as answer:
        print(answer.read().decode(errors="replace"))
        return 1
    except (OSError, ValueError, KeyError) as fault:
        print(f"not serving: {fault}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
