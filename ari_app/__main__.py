"""``python -m ari_app``: the command line."""

from ari_app.cli import main

raise SystemExit(main())
