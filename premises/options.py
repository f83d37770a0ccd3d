"""What every process of an installation is told on its command line."""

import argparse
import os
from pathlib import Path

from premises.settings import PROGRAM


def take_data_folder(parser: argparse.ArgumentParser) -> None:
    """Have it take ``--data DIR``, a Path; else ``SWITCHBOARD_DATA`` says it, else it is ``var`` beside the program."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("SWITCHBOARD_DATA", PROGRAM / "var")),
        metavar="DIR",
        help="the installation's data folder (default: SWITCHBOARD_DATA, else ./var)",
    )
