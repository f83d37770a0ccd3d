"""The rule file's JSON Schema, for editors that complete and underline while one types.

It is drawn from the same shapes that the compiler reads with, and says less: which names there are, and how parts must
agree, is only known to `routing.compiling.load`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from routing.compiling.rulefile import RULE_FILE
from routing.compiling.shapes import Shared

if TYPE_CHECKING:
    from routing.compiling.shapes import Schema


def rules_schema() -> Schema:
    """The schema, draft 2020-12."""
    shared = Shared()
    root = RULE_FILE.schema(shared)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Routing rules",
        "description": "The rules by which calls are answered and transferred",
        **root,
        "$defs": dict(sorted(shared.schemas.items())),
    }


def schema_text() -> str:
    """The schema as `docs/rules.schema.json` has it."""
    return json.dumps(rules_schema(), indent=1, ensure_ascii=False) + "\n"
