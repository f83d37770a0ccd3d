"""Files that are no YAML, or more of it than is good: each is refused with a place and a way out."""

import pytest

from routing import BadRules
from routing.reading import DEEPEST, LARGEST, MOST_NODES, Mapping, Scalar, read

REFUSED = {
    "empty": (b"", 1, 1, "the file is empty"),
    "comments only": (b"# nothing yet\n", 2, 1, "the file is empty"),
    "not UTF-8": ("a: 1\nb: цена".encode("cp1251"), 2, 4, "from here on the file is not UTF-8"),
    "UTF-16": ("a: 1".encode("utf-16"), 1, 1, "from here on the file is not UTF-8"),
    "control character": (b"a: 1\nb: \x07\n", 2, 4, "this character cannot be shown and is not allowed"),
    "tab": (b"a:\n\tb: 1\n", 2, 1, "a tab stands here, and YAML indents with spaces only"),
    "tab after spaces": (b"a:\n  b: 1\n  \tc: 2\n", 3, 3, "a tab stands here, and YAML indents with spaces only"),
    "colon in a text": (b"say: Hello: press 1\n", 1, 11, "a colon stands where none can be"),
    "deeper by a space": (b"a: 1\n b: 2\n", 2, 3, "a colon stands where none can be"),
    "shallower by a space": (b"a:\n  b: 1\n c: 2\n", 3, 2, "this line begins in the wrong column"),
    "word without a colon": (
        b"a: 1\nword\nb: 2\n",
        2,
        1,
        "a colon is missing after this, or the line does not belong here",
    ),
    "open quotes": (b"a: 'x\nb: 2\n", 1, 4, "these quotes are never closed"),
    "apostrophe": (b"a: 'it's'\n", 1, 8, "something follows after the closing quotes"),
    "open list": (b"a: [x, y\nb: 3", 1, 4, "this bracket is never closed"),
    "open braces": (b"a: {x: 1\nb: 2\n", 1, 4, "this bracket is never closed"),
    "bracket too many": (b"a: 1\n]\n", 2, 1, "this bracket was never opened"),
    "closed by the other bracket": (b"a: [}", 1, 5, "a comma or a closing bracket is missing before this"),
    "bracket at the beginning": (b"}", 1, 1, "something is missing before this"),
    "department without quotes": (
        b"ring: [head of {department} 30s]",
        1,
        16,
        "a text with a bracket in it has no quotes",
    ),
    "star without quotes": (b"keys: {*: {menu: main}}", 1, 8, "`*` has a meaning of its own in YAML"),
    "ampersand without quotes": (b"name: &", 1, 7, "`&` has a meaning of its own in YAML"),
    "percent first": (b"name: %", 1, 7, "a text cannot begin with this sign"),
    "backslash in quotes": (b'name: "C:\\q"', 1, 11, "`\\` has a meaning of its own in double quotes"),
    "no such character": (
        b'name: "\\U00110000"',
        1,
        1,
        "after this place stands a number that no character or version has",
    ),
    "list after keys": (b"a: 1\n- b\n", 2, 1, "this line begins in the wrong column"),
    "directive": (b"%FOO\n", 2, 1, "this does not belong to what stands before it"),
    "huge version": (
        b"%YAML 1." + b"1" * 5000 + b"\n---\n",
        1,
        1,
        "after this place stands a number that no character or version has",
    ),
    "two versions": (b"%YAML 1.1\n%YAML 1.1\n---\n", 2, 1, "`%YAML` has no meaning in a rule file"),
    "a version to come": (b"%YAML 9.9\n---\na: 1\n", 1, 1, "`%YAML` has no meaning in a rule file"),
    "two handles": (
        b"%TAG !a! b\n%TAG !a! c\n---\n",
        2,
        1,
        "this is not YAML: duplicate tag handle '!a!'",
    ),
    "too large": (b"#" * (LARGEST + 1), 1, 1, "the file is larger than 512 KB"),
    "too deep": (b"a: " + b"[" * 1000, 1, 4 + DEEPEST, "this is nested more than 20 deep"),
    "too many parts": (
        b"[" + b"1," * (MOST_NODES + 1),
        1,
        2 * MOST_NODES,
        "the file has more than 20000 parts",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_is_no_rule_file_is_refused_at_its_place(case: tuple[bytes, int, int, str]) -> None:
    text, line, column, message = case
    with pytest.raises(BadRules) as bad:
        read(text)
    (mistake,) = bad.value.mistakes
    assert (mistake.message, mistake.line, mistake.column) == (message, line, column)
    assert mistake.help


NOTED = {
    "key twice": (b"a: 1\nb: 1\na: 2\n", 3, 1, "`a` is given twice"),
    "key twice in other quotes": (b"1: x\n'1': y\n", 2, 1, "`1` is given twice"),
    "anchor": (b"a: &x 1\n", 1, 4, "anchors (`&`) and tags (`!`) are not used in rule files"),
    "object": (b"a: !!python/object:os.system x\n", 1, 4, "anchors (`&`) and tags (`!`) are not used in rule files"),
    "object as a key": (b"!!str a: x\n", 1, 1, "anchors (`&`) and tags (`!`) are not used in rule files"),
    "reference": (b"a: *x\n", 1, 4, "references (`*name`) are not used in rule files"),
    "merge": (b"<<: {a: 1}\n", 1, 1, "merging (`<<`) is not used in rule files"),
    "list for a key": (b"[a]: 1\n", 1, 1, "a key has to be one word"),
    "braces for a key": (b"{a: 1}: 1\n", 1, 1, "a key has to be one word"),
    "second document": (b"--- \na: 1\n---\nb: 2\n", 3, 1, "a second document begins here"),
    "half a character": (b'a: "\\ud800"\n', 1, 4, "this text has a character in it that cannot be shown"),
}


@pytest.mark.parametrize("case", NOTED.values(), ids=NOTED)
def test_what_is_not_used_in_rule_files_is_noted(case: tuple[bytes, int, int, str]) -> None:
    text, line, column, message = case
    (mistake,) = read(text).mistakes
    assert (mistake.message, mistake.line, mistake.column) == (message, line, column)
    assert mistake.help


def test_a_bomb_of_references_stays_small() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    document = read("\n".join(lines).encode())
    assert len(document.mistakes) == 1 + 9 + 9 * 9


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("word", "text"),
        ('"5"', "text"),
        ("5", "number"),
        ("+74951234567", "number"),
        ("10:30", "number"),
        ("1.5", "number"),
        ("no", "truth"),
        ("On", "truth"),
        ("2026-12-31", "date"),
        ("~", "nothing"),
        ("", "nothing"),
        ("09:00-18:00", "text"),
        ("=", "text"),
    ],
)
def test_it_is_known_what_yaml_takes_a_word_for(written: str, kind: str) -> None:
    root = read(f"key: {written}\n".encode()).root
    assert isinstance(root, Mapping)
    value = root.entries[0].value
    assert isinstance(value, Scalar)
    assert value.kind == kind


def test_places_are_counted_as_editors_do() -> None:
    """Not as YAML does, to which U+2028 is the end of a line; a byte-order mark has no column."""
    root = read("\ufeffa: 1\r\nb: '\u2028'\rcc: 3\n".encode()).root
    assert isinstance(root, Mapping)
    assert [(entry.key.place.line, entry.key.place.column, entry.key.place.length) for entry in root.entries] == [
        (1, 1, 1),
        (2, 1, 1),
        (3, 1, 2),
    ]
