"""Mistakes that admins make, one at a time: each is found in its line and column, and told with what would be right."""

import pytest

from routing import BadRules, Mistake, load
from tests.unit.rules_text import RULES, STAFF, changed

Fault = tuple[str, str, str, str, str]
"""What is in the rules, what is there instead, under what the caret stands, the message, a part of the help."""


def mistakes(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(BadRules) as bad:
        load(text.encode(), STAFF, has_file=lambda _path: True)
    return bad.value.mistakes


def check(old: str, new: str, under: str, message: str, advice: str) -> None:
    text = changed(old, new)
    (found,) = mistakes(text)
    line = text.splitlines()[found.line - 1]
    assert (found.message, line[found.column - 1 :][: found.length]) == (message, under)
    assert advice in found.help
    same = next((n for n, (a, b) in enumerate(zip(RULES.splitlines(), text.splitlines(), strict=False)) if a != b), 0)
    assert under in text.splitlines()[found.line - 1]
    assert found.line in {same + 1, *_lines_with(text, under)}


def _lines_with(text: str, part: str) -> set[int]:
    return {number for number, line in enumerate(text.splitlines(), 1) if part in line}


COMPANY: dict[str, Fault] = {
    "no time zone": ("  timezone: Europe/Moscow\n", "", "company", "`timezone` is missing", "The clock"),
    "language missing in the name": (
        "{en: Larder, ru: Кладовая}",
        "{en: Larder}",
        "name",
        "this text is missing in `ru`",
        "every language",
    ),
    "Norway": (
        "languages: [en, ru]",
        "languages: [en, ru, no]",
        "no",
        "`no` without quotes means false in YAML; here should be a language's code like `en`",
        'write "no" with quotes',
    ),
    "language in words": (
        "languages: [en, ru]",
        "languages: [en, ru, English]",
        "English",
        "`English` is not a language's code like `en`",
        "small letters",
    ),
    "country in small letters": (
        "country: RU",
        "country: ru",
        "ru",
        "`ru` is not a country's two letters like `RU`",
        "did you mean `RU`?",
    ),
    "country Norway": (
        "country: RU",
        "country: NO",
        "NO",
        "`NO` without quotes means false in YAML; here should be a country's two letters like `RU`",
        'write "NO"',
    ),
    "country empty": (
        "country: RU",
        "country:",
        "country",
        "nothing is written here; it should be a country's two letters like `RU`",
        "",
    ),
    "city for a time zone": (
        "Europe/Moscow",
        "Moscow",
        "Moscow",
        "no time zone is called `Moscow`",
        "did you mean `Europe/Moscow`?",
    ),
    "path for a time zone": (
        "Europe/Moscow",
        "../Moscow",
        "../Moscow",
        "no time zone is called `../Moscow`",
        "did you mean",
    ),
    "folder for a time zone": ("Europe/Moscow", "Europe", "Europe", "no time zone is called `Europe`", ""),
    "unknown section": ("groups:", "gruops:", "gruops", "`gruops` has no meaning here", "did you mean `groups`?"),
    "stranger": (
        "customers: [key, retail]",
        "xyz: 1\ncustomers: [key, retail]",
        "xyz",
        "`xyz` has no meaning here",
        "there are: boxes, callers, company",
    ),
    "word twice": ("[key, retail]", "[key, retail, key]", "key", "`key` is given twice", "line 6"),
    "word with a blank": (
        "[key, retail]",
        "[key, retail, big shop]",
        "big shop",
        "`big shop` is no name",
        "without blanks",
    ),
    "reserved word": ("[key, retail]", "[key, retail, new]", "new", "`new` has a meaning of its own", "another name"),
    "keys for words": (
        "[key, retail]",
        "{key: 1, retail: 2}",
        "customers",
        "here should be a word of your own, not keys and values",
        "",
    ),
    "truth for a word": (
        "[order, other]",
        "[order, other, on]",
        "on",
        "`on` without quotes means true in YAML; here should be a word of your own",
        'write "on"',
    ),
    "null for a word": (
        "[order, other]",
        "[order, other, null]",
        "null",
        "`null` without quotes means nothing in YAML; here should be a word of your own",
        'write "null"',
    ),
    "number for a word": (
        "[order, other]",
        "[order, other, 24]",
        "24",
        "here should be a word of your own, not the number `24`",
        "in quotes",
    ),
    "empty list": (
        "holidays: [2026-12-31, 2027-01-01..2027-01-08]",
        "holidays: []",
        "holidays",
        "nothing is listed here",
        "",
    ),
}

HOURS: dict[str, Fault] = {
    "unquoted time, which YAML makes 600": (
        'sat: "10:00-15:00"',
        "sat: 10:00",
        "10:00",
        '`10:00` without quotes is a number in YAML; here should be opening hours like "09:00-18:00", or `closed`',
        "with quotes",
    ),
    "no minutes": (
        '"10:00-15:00"',
        '"10-15"',
        '"10-15"',
        '`10-15` is not opening hours like "09:00-18:00", or `closed`',
        "24-hour clock",
    ),
    "hour 25": (
        '"10:00-15:00"',
        '"10:00-25:00"',
        '"10:00-25:00"',
        '`10:00-25:00` is not opening hours like "09:00-18:00", or `closed`',
        "",
    ),
    "no time at all": (
        '"10:00-15:00"',
        '"10:00-10:00"',
        '"10:00-10:00"',
        "`10:00-10:00` opens and closes at the same time",
        "00:00-24:00",
    ),
    "unknown day": ("sat:", "satur:", "satur", "`satur` is no weekday", "did you mean `sat`?"),
    "wrong in a range of days": ("mon-fri:", "mon-vie:", "mon-vie", "`mon-vie` is no weekday", "did you mean `mon`?"),
    "day twice": ("sat:", "thu-sat:", "thu-sat", "`thu` is given twice", "line 11"),
    "overlapping hours": (
        '"14:00-18:00"',
        '"12:30-18:00"',
        "mon-fri",
        "two of the hours on mon overlap",
        "before the next begins",
    ),
    "night shift into the next morning's hours": (
        "mon: closed",
        'sat: "05:00-09:00"',
        "sat",
        "two of the hours on sat overlap",
        "",
    ),
    "no day": (
        '{fri: "22:00-06:00", mon: closed, holidays: open}',
        "{holidays: open}",
        "night",
        'nothing is listed here; it should be hours by days, like `mon-fri: "09:00-18:00"`',
        "",
    ),
    "holidays neither open nor closed": (
        "holidays: open}",
        "holidays: opened}",
        "opened",
        "here should be `closed` or `open`, not `opened`",
        "did you mean `open`?",
    ),
    "no such day": ("2026-12-31,", "2026-02-30,", "2026-02-30", "there is no day `2026-02-30`", "year-month-day"),
    "day first": ("2026-12-31,", "31.12.2026,", "31.12.2026", "`31.12.2026` is no date", "write 2026-12-31"),
    "short month": ("2026-12-31,", "2026-1-5,", "2026-1-5", "`2026-1-5` is no date", "write 2026-01-05"),
    "day in words": ("2026-12-31,", "New Year,", "New Year", "`New Year` is no date", "as in 2026-12-31"),
    "range backwards": (
        "2027-01-01..2027-01-08",
        "2027-01-08..2027-01-01",
        "2027-01-08..2027-01-01",
        "`2027-01-08..2027-01-01` ends before it begins",
        "write `2027-01-01..2027-01-08`",
    ),
    "ten years of holidays": (
        "2027-01-01..2027-01-08",
        "2027-01-01..2037-01-08",
        "2027-01-01..2037-01-08",
        "`2027-01-01..2037-01-08` is longer than a year",
        "",
    ),
}

NUMBERS: dict[str, Fault] = {
    "line without quotes": (
        '"+74950000002":',
        "+74950000002:",
        "+74950000002",
        "`+74950000002` without quotes is not kept as a telephone number by YAML",
        'write "+74950000002"',
    ),
    "line without country code": (
        '"+74950000002":',
        '"8 (495) 000-00-02":',
        '"8 (495) 000-00-02"',
        "`8 (495) 000-00-02` is no telephone number with its country code",
        'write "+74950000002"',
    ),
    "line in words": (
        '"+74950000002":',
        "complaints:",
        "complaints",
        "`complaints` is no telephone number with its country code",
        "write it with plus sign and country code",
    ),
    "outside without quotes": (
        '"+79161234568"]',
        "+79161234568]",
        "+79161234568",
        "`+79161234568` without quotes is not kept as a telephone number by YAML",
        'write "+79161234568"',
    ),
    "star in the middle": (
        '"+7812*"',
        '"+7*812"',
        '"+7*812"',
        "`+7*812` is no telephone number with its country code",
        "",
    ),
    "withheld in a list": (
        '"+7812*"',
        "withheld",
        "withheld",
        "`withheld` is no telephone number with its country code",
        "",
    ),
    "list of callers unknown": (
        "[important, withheld",
        "[imprtant, withheld",
        "imprtant",
        "no list of callers is called `imprtant`",
        "did you mean `important`?",
    ),
    "caller's number without plus": (
        '"+74951111111"]',
        '"84951111111"]',
        '"84951111111"',
        "`84951111111` is no telephone number with its country code",
        'write "+74951111111"',
    ),
    "dialled number that is no line": (
        'dialled: "+74950000001"',
        'dialled: "+74950000009"',
        '"+74950000009"',
        "no line has the number `+74950000009`",
        "did you mean `+7495000000",
    ),
    "outside number not allowed": (
        "+79161234567 40s",
        "+79161234560 40s",
        "+79161234560",
        "`+79161234560` is not among the outside numbers that may be rung",
        "did you mean `+7916123456",
    ),
    "outside number by habit": (
        "+79161234567 40s",
        "8 916 1234567 40s",
        "8 916 1234567",
        "`8 916 1234567` is not among the outside numbers that may be rung",
        'write "+79161234567"',
    ),
}

PEOPLE: dict[str, Fault] = {
    "unknown role in a group": (
        "{role: operator,",
        "{role: operater,",
        "operater",
        "no role is called `operater`",
        "did you mean `operator`?",
    ),
    "empty group": (
        "{role: operator, department: wholesale}",
        "{}",
        "operators",
        "nothing tells who belongs to this group",
        "give a role",
    ),
    "unknown person in a group": (
        "[anna, boris]",
        "[anna, bors]",
        "bors",
        "nobody in the directory is called `bors`",
        "did you mean `boris`?",
    ),
    "group called like a person": (
        "boss: victor",
        "boss: victor\n  boris: anna",
        "boris",
        "`boris` is a person in the directory",
        "another name",
    ),
    "group called like a word": ("boss: victor", "head: victor", "head", "`head` has a meaning of its own", ""),
    "a list is no word": (
        "boss: victor",
        "boss: [[victor]]",
        "[",
        "here should be a person's short name in the directory, not a list",
        "",
    ),
    "owner unknown": (
        "owner: operators}",
        "owner: operatos}",
        "operatos",
        "no person and no group is called `operatos`",
        "did you mean `operators`?",
    ),
    "owner head of nothing": (
        "owner: head of wholesale}",
        "owner: head of wolesale}",
        "head of wolesale",
        "no department is called `wolesale`",
        "did you mean `wholesale`?",
    ),
    "owner head of whom it concerns": (
        "owner: head of wholesale}",
        'owner: "head of {department}"}',
        '"head of {department}"',
        "no person and no group is called `head of {department}`",
        "",
    ),
}

CHAINS: dict[str, Fault] = {
    "no time": (
        "assigned_manager 20s,",
        "assigned_manager,",
        "assigned_manager",
        "`assigned_manager` has no time",
        "`assigned_manager 20s`",
    ),
    "no unit": (
        "assigned_manager 20s,",
        "assigned_manager 20,",
        "20",
        "`20` has no unit",
        "`20s` for seconds or `20m`",
    ),
    "unit in a word": (
        "assigned_manager 20s,",
        "assigned_manager 20 secs,",
        "20 secs",
        "`20 secs` is no time",
        "write `20s`",
    ),
    "minutes": ("assigned_manager 20s,", "assigned_manager 5min,", "5min", "`5min` is no time", "write `5m`"),
    "milliseconds": ("assigned_manager 20s,", "assigned_manager 5 zz,", "5 zz", "`5 zz` is no time", "write `5s`"),
    "seconds in Russian": (
        "assigned_manager 20s,",
        "assigned_manager 20 сек.,",
        "20 сек.",
        "`20 сек.` is no time",
        "write `20s`",
    ),
    "a day": ("assigned_manager 20s,", "assigned_manager 24h,", "24h", "`24h` is out of bounds", "from 1s to 10m"),
    "no time at all": (
        "assigned_manager 20s,",
        "assigned_manager 0s,",
        "0s",
        "`0s` is out of bounds",
        "from 1s to 10m",
    ),
    "blank for an underscore": (
        "assigned_manager 20s,",
        "assigned manager 20s,",
        "assigned manager",
        "it is not clear who is meant by `assigned manager`",
        "did you mean `assigned_manager`?",
    ),
    "another of an unknown role": (
        "another manager 1m",
        "another manger 1m",
        "another manger",
        "no role is called `manger`",
        "did you mean `manager`?",
    ),
    "a role without another": (
        "another manager 1m",
        "manager 1m",
        "manager",
        "no person and no group is called `manager`",
        "it is a role: write `another manager`",
    ),
    "a department without head of": (
        "head of wholesale 30s",
        "wholesale 30s",
        "wholesale",
        "no person and no group is called `wholesale`",
        "it is a department: write `head of wholesale`",
    ),
    "head without of": (
        "head of wholesale 30s",
        "head wholesale 30s",
        "head wholesale",
        "it is not clear who is meant by `head wholesale`",
        "did you mean `head of wholesale`?",
    ),
    "head of an unknown department": (
        "head of wholesale 30s",
        "head of whole 30s",
        "head of whole",
        "no department is called `whole`",
        "did you mean `wholesale`?",
    ),
    "unknown person": (
        "anna 10s",
        "ana 10s",
        "ana",
        "no person and no group is called `ana`",
        "did you mean `anna`?",
    ),
    "department in the wrong place": (
        "another manager 1m",
        '"another {role} 1m"',
        "another {role}",
        "no role is called `{role}`",
        "there are: head, manager, operator",
    ),
    "a list for a link": (
        "      - head of wholesale 30s",
        "      - [anna 30s]",
        "[",
        "here should be who is rung and how long, like `assigned_manager 20s`, not a list",
        "",
    ),
    "rung twice": (
        "anna 10s]",
        "anna 10s, anna 10s]",
        "anna 10s",
        "`anna 10s` is given twice",
        "line 43",
    ),
}

ROUTES: dict[str, Fault] = {
    "no rule": ("  - rule: T4\n    message", "  - message", "message", "`rule` is missing", "documented rule"),
    "rule too long": (
        "rule: T4",
        f"rule: {'T' * 61}",
        "T" * 61,
        "this is too long for a rule's id",
        "at most 60",
    ),
    "nowhere": ("    message: office", "    when: {customer: key}", "rule", "this route leads nowhere", "add `ring`"),
    "wait_for": ("wait for:", "wait_for:", "wait_for", "`wait_for` has no meaning here", "did you mean `wait for`?"),
    "misspelled condition": (
        "language: ru, open",
        "langage: ru, open",
        "langage",
        "`langage` has no meaning here",
        "did you mean `language`?",
    ),
    "unknown customer type": (
        "customer: [key, new]",
        "customer: [keys, new]",
        "keys",
        "no customer type is called `keys`",
        "did you mean `key`?",
    ),
    "unknown intent": (
        "intent: [other, none]",
        "intent: [othr, none]",
        "othr",
        "no intent is called `othr`",
        "`other`",
    ),
    "unknown debt": (
        "debt: [overdue, over_limit]",
        "debt: [over_due]",
        "over_due",
        "here should be `none` or `overdue` or `over_limit`, not `over_due`",
        "did you mean `overdue`?",
    ),
    "unknown hours": ("open: office", "open: offices", "offices", "no opening hours is called `offices`", "`office`"),
    "unknown language": ("language: ru, open", "language: rus, open", "rus", "no language is called `rus`", "`ru`"),
    "waiting without an end": (
        "    at most: 10m\n",
        "",
        "wait for",
        "`wait for` needs `at most`",
        "as in `at most: 10m`",
    ),
    "waiting for a role": (
        "wait for: operators",
        "wait for: operator",
        "operator",
        "no group is called `operator`",
        "`operators`",
    ),
    "a time limit for nothing": (
        "    message: office",
        "    message: office\n    at most: 2m",
        "at most",
        "this means something only beside `wait for`",
        "",
    ),
    "music for nobody": (
        "    offer: 20s",
        "    offer: 20s\n    hear: music",
        "hear",
        "this means something only beside `ring`",
        "",
    ),
    "hear what": ("hear: music", "hear: musik", "musik", "here should be `ringing` or `music`, not `musik`", "`music`"),
    "two places": (
        "    message: office",
        "    message: office\n    goodbye: recorded",
        "goodbye",
        "a call can go to one place only",
        "keep one",
    ),
    "straight and after ringing": (
        "    hear: music",
        "    menu: main",
        "menu",
        "a route that goes straight to a place does nothing else",
        "`otherwise:`",
    ),
    "otherwise without a place": (
        "otherwise: {menu: short}",
        "otherwise: {}",
        "otherwise",
        "nothing tells where the call goes",
        "give one of",
    ),
    "otherwise next": (
        "otherwise: next_route",
        "otherwise: next",
        "next",
        "here should be `last_resort` or `next_route`, not `next`",
        "did you mean `next_route`?",
    ),
    "unknown menu": ("{menu: short}", "{menu: shrt}", "shrt", "no menu is called `shrt`", "did you mean `short`?"),
    "unknown box": ("    message: office", "    message: ofice", "ofice", "no box is called `ofice`", "`office`"),
    "unknown route": (
        "route: complaints",
        "route: complaint",
        "complaint",
        "no route is called `complaint`",
        "`complaints`",
    ),
    "two routes of a name": (
        "  - rule: T4\n",
        "  - rule: T4\n    name: complaints\n",
        "complaints",
        "two routes have the name `complaints`",
        "line 53",
    ),
    "tells an unknown text": (
        "tell: [debt, recorded]",
        "tell: [debt, recoded]",
        "recoded",
        "no text is called `recoded`",
        "`recorded`",
    ),
    "not a route": (
        "  - rule: T4\n    message: office",
        "  - complaints",
        "complaints",
        "here should be a route, like `{rule: D4, ring: assigned_manager 20s}`, not the text `complaints`",
        "",
    ),
}

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
    "key twice, once in quotes": ('"2": {menu: main}', '"1": {menu: main}', '"1"', "`1` is given twice", "line 29"),
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

PARTS = {
    "company": COMPANY,
    "hours": HOURS,
    "numbers": NUMBERS,
    "people": PEOPLE,
    "chains": CHAINS,
    "routes": ROUTES,
    "menus": MENUS,
    "ends": ENDS,
    "texts": TEXTS,
}
FAULTS = {f"{part}: {name}": fault for part, faults in PARTS.items() for name, fault in faults.items()}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_mistake_is_found_where_it_was_made(fault: Fault) -> None:
    check(*fault)
