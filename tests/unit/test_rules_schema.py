"""Editors: the schema takes what the compiler takes, and underlines what it can know to be wrong."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from routing.schema import rules_schema, schema_text
from tests.unit.rules_text import RULES, changed

TOP = Path(__file__).parents[2]
SCHEMA = jsonschema.Draft202012Validator(rules_schema())


class Editor(yaml.SafeLoader):
    """Reads YAML as editors do, by JSON's types: dates stay texts, and keys are texts."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way of telling resolvers apart
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":merge"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def in_editor(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, Editor)))  # noqa: S506 - it is a SafeLoader


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(rules_schema())


@pytest.mark.parametrize(
    "text", [(TOP / "routing_rules.yaml").read_text(encoding="utf-8"), RULES], ids=["sample", "all"]
)
def test_right_rules_are_not_underlined(text: str) -> None:
    assert [error.message for error in SCHEMA.iter_errors(in_editor(text))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("groups:", "gruops:"),
        ("country: RU", "country: Russia"),
        ("languages: [en, ru]", "languages: [en, russian]"),
        ("[key, retail]", "[key, new]"),
        ("[key, retail]", "[key, big shop]"),
        ('sat: "10:00-15:00"', 'sat: "10-15"'),
        ("sat:", "satur:"),
        ("2026-12-31,", "31.12.2026,"),
        ('"+74950000002":', '"84950000002":'),
        ('"+7812*"', '"7812*"'),
        ('"2": {menu: main}', '"22": {menu: main}'),
        ("wait: 7s", "wait: 7"),
        ("wait: 7s", "wait: 7 sec"),
        ("tries: 2", "tries: 20"),
        ("assigned_manager 20s,", "assigned_manager,"),
        ("hear: music", "hear: musik"),
        ("otherwise: next_route", "otherwise: next"),
        ("    at most: 10m", "    at_most: 10m"),
        ("debt: [overdue, over_limit]", "debt: late"),
        ("manager: assigned", "manager: any"),
        ("  - rule: T4\n    message", "  - message"),
        ("privacy-call-recorded", "../etc"),
        ("last_resort: {announce: recorded, goodbye: recorded}\n", ""),
        ("holidays: open}", "holidays: maybe}"),
        ('["+79161234567", "+79161234568"]', '{numbers: "+79161234567", calls: 30 an hour}'),
    ],
)
def test_faults_are_underlined(old: str, new: str) -> None:
    assert list(SCHEMA.iter_errors(in_editor(changed(old, new))))


def test_every_key_is_told_about() -> None:
    shapes = rules_schema()["$defs"].values()
    described = [key for shape in shapes for key in shape.get("properties", {}).items()]
    assert [name for name, schema in described if not schema.get("description")] == []


def test_the_file_for_editors_is_up_to_date() -> None:
    """Else: python -c "from routing.schema import schema_text as t; print(t(), end='')" > docs/rules.schema.json."""
    assert (TOP / "docs/rules.schema.json").read_text(encoding="utf-8") == schema_text()
