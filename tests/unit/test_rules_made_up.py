"""Whatever a file holds, it is compiled or refused with places that are in the file; nothing else ever comes of it."""

from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing import BadRules, Mistake, load, render_mistakes
from tests.form import lasting
from tests.unit.rules_text import RULES, STAFF

SAMPLE = (Path(__file__).parents[2] / "routing_rules.yaml").read_text(encoding="utf-8")
LIGHT = settings(deadline=None, max_examples=lasting(16, 40), suppress_health_check=list(HealthCheck))

KEYS = sorted({word.strip(' -{["') for line in RULES.splitlines() for word in line.split(":")[:-1]} | {"x", "<<", "no"})
VALUES = (
    st.sampled_from(
        [
            "main",
            "debt",
            "20s",
            "20",
            "anna 20s",
            "head of {department} 5m",
            "{company}",
            "{",
            "+7495",
            "+7495*",
            "no",
            "~",
        ]
    )
    | st.integers()
    | st.booleans()
    | st.none()
    | st.dates()
    | st.text(max_size=8)
)
TREES = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)
SECTIONS = list(yaml.safe_load(RULES))


def outcome(text: bytes) -> None:
    """Compile it; if it is refused, every mistake can be shown at a place that is there."""
    try:
        load(text, STAFF)
    except BadRules as bad:
        check(bad.mistakes, text)


def check(mistakes: tuple[Mistake, ...], text: bytes) -> None:
    shown = render_mistakes(mistakes, "f", text)
    lines = text.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert mistakes
    for mistake in mistakes:
        assert 1 <= mistake.line <= len(lines)
        assert 1 <= mistake.column <= len(lines[mistake.line - 1]) + 1
        assert f"f:{mistake.line}:{mistake.column}: " in shown


@LIGHT
@given(st.binary(max_size=200))
def test_any_bytes(text: bytes) -> None:
    outcome(text)


@LIGHT
@given(st.text(st.characters(codec="utf-8") | st.sampled_from("\n\n: -[]{}'\"#&*!|>%@`\t"), max_size=200))
def test_any_text(text: str) -> None:
    outcome(text.encode())


@LIGHT
@given(TREES)
def test_any_tree(tree: object) -> None:
    outcome(yaml.safe_dump(tree, allow_unicode=True).encode())


@LIGHT
@given(st.sampled_from(SECTIONS), TREES)
def test_a_section_that_is_something_else(section: str, tree: object) -> None:
    rules = yaml.safe_load(RULES)
    rules[section] = tree
    outcome(yaml.safe_dump(rules, allow_unicode=True, sort_keys=False).encode())


@LIGHT
@given(st.data())
def test_a_part_deep_within_that_is_something_else(data: st.DataObject) -> None:
    rules = yaml.safe_load(RULES)
    holder, place = rules, data.draw(st.sampled_from(SECTIONS))
    while isinstance(holder[place], dict | list) and holder[place] and data.draw(st.integers(0, 3)):
        holder = holder[place]
        place = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else list(range(len(holder)))))
    holder[place] = data.draw(TREES)
    outcome(yaml.safe_dump(rules, allow_unicode=True, sort_keys=False).encode())


@LIGHT
@given(
    st.integers(0, len(SAMPLE)), st.integers(0, 30), st.text(max_size=4) | st.sampled_from(["\t", "\n", "  ", "{", "'"])
)
def test_a_slip_of_the_hand_in_the_sample(start: int, length: int, instead: str) -> None:
    outcome((SAMPLE[:start] + instead + SAMPLE[start + length :]).encode("utf-8", "replace"))


@LIGHT
@given(st.sampled_from(RULES.splitlines(keepends=True)))
def test_a_line_gone(line: str) -> None:
    outcome(RULES.replace(line, "", 1).encode())
