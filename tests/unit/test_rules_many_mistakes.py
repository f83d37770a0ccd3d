"""Many mistakes at once are all told, and one slip is told once."""

import pytest

from routing import BadRules, load
from tests.unit.rules_text import RULES, STAFF, changed


def told(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadRules) as bad:
        load(text.encode(), STAFF)
    return [(mistake.line, mistake.message) for mistake in bad.value.mistakes]


def test_every_mistake_is_told_in_the_order_of_the_file() -> None:
    slips = (
        ("Europe/Moscow", "Europe/Moskow"),
        ('"10:00-15:00"', "10-15"),
        ("[anna, boris]", "[anna, bors]"),
        ("wait: 7s", "wait: 7"),
        ("another manager 1m", "another boss 1 min"),
        ("at most: 10m", "at most: ten"),
        ("{en: Wrong., ru: Неверно.}", '{en: "Wrong {x}", ru: 5}'),
    )
    text = RULES
    for old, new in slips:
        text = text.replace(old, new)
    lines = [RULES[: RULES.index(old)].count("\n") + 1 for old, _ in slips]
    found = told(text)
    assert [line for line, _ in found] == [*lines[:5], lines[4], lines[5], lines[6], lines[6]]
    assert [said for line, said in found if line == lines[4]] == ["no role is called `boss`", "`1 min` is no time"]


def test_a_wrong_text_is_told_where_it_stands_and_not_at_each_use() -> None:
    assert told(changed('{en: "Welcome to {company}.",', '{en: "Welcome to {compny}.",')) == [
        (RULES[: RULES.index("  welcome:")].count("\n") + 1, "no blank is called `{compny}`")
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("groups:\n", "grops:\n", "`grops` has no meaning here"),
        ("texts:\n", "text:\n", "`text` has no meaning here"),
        ("  languages: [en, ru]", "  langs: [en, ru]", "`langs` has no meaning here"),
        ("    at most: 10m", "    at_most: 10m", "`at_most` has no meaning here"),
    ],
)
def test_a_misspelled_key_is_not_missing_as_well(old: str, new: str, message: str) -> None:
    assert [said for _, said in told(changed(old, new))] == [message]


def test_a_misspelled_key_s_value_is_read_all_the_same() -> None:
    assert [said for _, said in told(changed("at most: 10m", "at_most: 10"))] == [
        "`at_most` has no meaning here",
        "`10` has no unit",
    ]


def test_a_section_of_the_wrong_form_declares_its_names() -> None:
    assert [said for _, said in told(changed("intents: [order, other]", "intents: {order: 1, other: 2}"))] == [
        "here should be a word of your own, not keys and values"
    ]


def test_without_the_company_its_languages_are_not_missed_in_texts() -> None:
    company = RULES[: RULES.index("customers:")]
    assert [said for _, said in told(changed(company, ""))] == [
        "`company` is missing",
        "no language is called `ru`",
        "no language is called `ru`",
    ]


def test_an_unknown_name_without_any_to_choose_from() -> None:
    menus = RULES[RULES.index("menus:\n") : RULES.index("routes:\n")]
    with pytest.raises(BadRules) as bad:
        load(changed(menus, "").encode(), STAFF)
    assert {mistake.help for mistake in bad.value.mistakes} == {"there is none yet"}


def test_a_long_choice_is_cut() -> None:
    words = ", ".join(f"word{n}" for n in range(20))
    text = changed("[order, other]", f"[order, other, {words}]").replace("intent: other,", "intent: xyz,")
    with pytest.raises(BadRules) as bad:
        load(text.encode(), STAFF)
    assert bad.value.mistakes[0].help.endswith("and 10 more")


@pytest.mark.parametrize("text", ["[]", "word", "5", "{}", "- company: 1", "company: []", "routes: [[]]", "routes: 5"])
def test_a_file_of_another_form_is_refused(text: str) -> None:
    assert told(text)


def test_heads_need_a_role() -> None:
    text = RULES.replace("roles: [operator, manager, head]", "roles: [operator, manager]")
    with pytest.raises(BadRules) as bad:
        load(text.encode())
    assert {mistake.message for mistake in bad.value.mistakes} == {"`head of` needs the role `head`"}


def test_with_very_many_mistakes_only_the_first_have_help() -> None:
    words = ", ".join(f"word{n}" for n in range(60))
    with pytest.raises(BadRules) as bad:
        load(changed("customer: [key, new]", f"customer: [{words}]").encode(), STAFF)
    helped = [bool(mistake.help) for mistake in bad.value.mistakes]
    assert (len(helped), any(helped), all(helped)) == (60, True, False)
