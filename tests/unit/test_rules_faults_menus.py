"""Mistakes that admins make with menus, with the ends of calls, and with texts."""

import pytest

from tests.unit.rules_faults import Fault, look
from tests.unit.rules_text import RULES

MENUS: dict[str, Fault] = {
    "menu without keys": (
        "    say: [welcome, {en: Press 1., ru: Нажмите 1.}]\n    keys: {1: {goodbye: recorded}}",
        "    say: welcome",
        "short",
        "`keys` is missing",
        "What each key means",
    ),
    "keys that are none": (
        "keys: {1: {goodbye: recorded}}",
        "keys: {}",
        "keys",
        "nothing is listed here; it should be keys with what they mean, like `1: {intent: order}`",
        "",
    ),
    "key 10": (
        "keys: {1: {goodbye",
        "keys: {10: {goodbye",
        "10",
        "`10` is not a key of a telephone: 0 to 9, * or #",
        "",
    ),
    "key twice, once in quotes": ('"2": {menu: main}', '"1": {menu: main}', '"1"', "`1` is given twice", "line 36"),
    "key without meaning": ('"2": {menu: main}', '"2": {}', '"2"', "nothing tells what this means", "{intent: order}"),
    "key with an unknown intent": (
        "1: {intent: order}",
        "1: {intent: ordr}",
        "ordr",
        "no intent is called `ordr`",
        "`order`",
    ),
    "next route from a key": (
        '"*": last_resort',
        '"*": next_route',
        "next_route",
        "here should be `last_resort`, not `next_route`",
        "",
    ),
    "wait without unit": ("wait: 7s", "wait: 7", "7", "`7` has no unit", "`7s`"),
    "wait by the clock": ("wait: 7s", "wait: 1:30", "1:30", "`1:30` is no time", "write `90s`"),
    "wait as long as you like": ("wait: 7s", "wait: long", "long", "`long` is no time", "as in `20s`"),
    "wait a list": (
        "wait: 7s",
        "wait: [7s]",
        "wait",
        "here should be a time like `20s`, `10m` or `1h`, not a list",
        "",
    ),
    "no tries": ("tries: 2", "tries: 0", "0", "here should be a whole number from 1 to 9, not `0`", ""),
    "half a try": ("tries: 2", "tries: 1.5", "1.5", "here should be a whole number from 1 to 9, not `1.5`", ""),
    "unknown key of a line": (
        "{language: ru, dep",
        "{langauge: ru, dep",
        "langauge",
        "`langauge` has no meaning here",
        "`language`",
    ),
}


ENDS: dict[str, Fault] = {
    "no last resort": (
        "last_resort: {announce: recorded, goodbye: recorded}\n",
        "",
        "company",
        "`last_resort` is missing",
        "T4",
    ),
    "last resort that ends nowhere": (
        "{announce: recorded, goodbye: recorded}",
        "{announce: recorded}",
        "last_resort",
        "the last resort leads nowhere (T4)",
        "`message:`",
    ),
    "box without announcement": (
        "second: {announce: welcome, owner: operators}",
        "second: {owner: operators}",
        "second",
        "`announce` is missing",
        "Said before the tone",
    ),
    "goodbye with words": (
        "goodbye: recorded}\nboxes",
        "goodbye: {en: Bye., ru: Пока.}}\nboxes",
        "goodbye",
        "here should be the name of a text, not keys and values",
        "",
    ),
    "debt without a notice": (
        "  notice: {en: Please wait., ru: Подождите.}\n",
        "",
        "debt",
        "`notice` is missing",
        "without amounts",
    ),
    "amounts without the code": (
        "  ask_code: {en: Your code., ru: Ваш код.}\n",
        "",
        "overdue",
        "this is never said without `ask_code`",
        "D26",
    ),
    "a code for nothing": (
        '  overdue: amount\n  over_limit: {en: "{balance} of {limit}", ru: "{balance} из {limit}"}\n',
        "",
        "ask_code",
        "the code is asked for, but no amount is told then",
        "`overdue:`",
    ),
    "tell debt without words for it": (
        RULES[RULES.index("debt:\n") : RULES.index("texts:\n")],
        "",
        "debt",
        "nothing tells what is said of a debt",
        "`notice`",
    ),
}


TEXTS: dict[str, Fault] = {
    "no goodbye": (
        "  goodbye: [{en: Goodbye., ru: До свидания.}, {file: goodbye.wav}]",
        "  bye: {en: Goodbye., ru: До свидания.}",
        "texts",
        "the text `goodbye` is missing",
        "hangs up",
    ),
    "text called debt": (
        "  amount: {en",
        "  debt: {stock: x}\n  amount: {en",
        "debt",
        "`debt` has a meaning of its own",
        "",
    ),
    "words for a name": (
        "    wrong_key: recorded",
        "    wrong_key: Try it again.",
        "Try it again.",
        "no text has this name",
        "`{en: …}`",
    ),
    "language missing": (
        "{en: Wrong., ru: Неверно.}",
        "{en: Wrong.}",
        "wrong_code",
        "this text is missing in `ru`",
        "every language",
    ),
    "language too many": (
        "{en: Wrong., ru: Неверно.}",
        "{en: Wrong., ru: Неверно., fa: …}",
        "fa",
        "`fa` is no language of the company",
        "there are: en, ru",
    ),
    "Norwegian without quotes": (
        "{en: Wrong., ru: Неверно.}",
        "{en: Wrong., ru: Неверно., no: Feil.}",
        "no",
        "`no` without quotes means false in YAML; here should be a language",
        'write "no"',
    ),
    "a text that is a truth": (
        "{en: Wrong., ru: Неверно.}",
        "{en: Yes, ru: Да}",
        "Yes",
        "`Yes` without quotes means true in YAML; here should be a text to be spoken",
        'write "Yes"',
    ),
    "a text that is a date": (
        "{en: Wrong., ru: Неверно.}",
        "{en: 2026-12-31, ru: Да}",
        "2026-12-31",
        "here should be a text to be spoken, not the date `2026-12-31`",
        "in quotes",
    ),
    "an empty text": (
        "{en: Wrong., ru: Неверно.}",
        '{en: "", ru: Да}',
        '""',
        "nothing is written here; it should be a text to be spoken",
        "",
    ),
    "an empty list for a text": (
        "{en: Wrong., ru: Неверно.}",
        "{en: [], ru: Да}",
        "en",
        "here should be a text to be spoken, not a list",
        "",
    ),
    "an endless text": (
        "{en: Wrong., ru: Неверно.}",
        f"{{en: {'w' * 2001}, ru: Да}}",
        "w" * 2001,
        "a text longer than 2000 characters is too long to be listened to",
        "",
    ),
    "unknown blank": (
        '"Welcome to {company}."',
        '"Welcome to {compny}."',
        "{compny}",
        "no blank is called `{compny}`",
        "did you mean `company`?",
    ),
    "bracket without counterpart": (
        '"Welcome to {company}."',
        '"Welcome to {company."',
        "{",
        "`{` has no counterpart",
        "like `{company}`",
    ),
    "a debt for all to hear": (
        "{en: Please wait., ru: Подождите.}",
        '{en: "You owe {overdue}.", ru: "Долг {balance}."}',
        "notice",
        "`{balance}` would tell a debt to anybody at the telephone (D26)",
        "after the customer's code",
    ),
    "a debt for all to hear, by a text's name": (
        "    wrong_key: recorded",
        "    wrong_key: amount",
        "amount",
        "`{overdue}` would tell a debt to anybody at the telephone (D26)",
        "",
    ),
    "prompt with its ending": (
        "privacy-call-recorded",
        "privacy-call-recorded.wav",
        "privacy-call-recorded.wav",
        "`privacy-call-recorded.wav` is no name of a prompt",
        "without ending",
    ),
    "file elsewhere": (
        "{file: goodbye.wav}",
        "{file: ../goodbye.wav}",
        "../goodbye.wav",
        "`../goodbye.wav` is no wav file beside the rule file",
        "like",
    ),
    "file and prompt at once": (
        "{file: goodbye.wav}",
        "{file: goodbye.wav, stock: vm-goodbye}",
        "stock",
        "`stock` and `file` stand alone",
        "as a list",
    ),
    "neither file nor prompt": (
        "{file: recorded/welcome.wav}",
        "{fille: recorded/welcome.wav}",
        "fille",
        "`fille` has no meaning here",
        "did you mean `file`?",
    ),
    "nothing at all": (
        "{file: recorded/welcome.wav}",
        "{}",
        "{",
        "nothing is written here",
        "give `stock:`",
    ),
    "a reference": (
        "{en: Wrong., ru: Неверно.}",
        "{en: Wrong., ru: *ru}",
        "*ru",
        "references (`*name`) are not used in rule files",
        "",
    ),
    "a control character": (
        "{en: Wrong., ru: Неверно.}",
        '{en: "Wr\\bong.", ru: Неверно.}',
        '"Wr\\bong."',
        "this text has a character in it that cannot be shown",
        "delete it",
    ),
}


FAULTS = {**MENUS, **ENDS, **TEXTS}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_mistake_is_told_where_it_was_made(fault: Fault) -> None:
    look(fault)


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(FAULTS) == len(MENUS) + len(ENDS) + len(TEXTS)
