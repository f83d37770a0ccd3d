"""Mistakes that admins make with the company, its words, hours, telephone numbers and groups."""

import pytest

from tests.unit.rules_faults import Fault, look

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
    "limit in words": (
        'outside: ["+79161234567", "+79161234568"]',
        'outside: {numbers: ["+79161234567", "+79161234568"], calls: thirty}',
        "thirty",
        "`thirty` is no limit",
        "it should be a limit like `30 per hour`",
    ),
    "limit per week": (
        'outside: ["+79161234567", "+79161234568"]',
        'outside: {numbers: ["+79161234567", "+79161234568"], minutes: 300 per dya}',
        "300 per dya",
        "`dya` is no time that a limit can have",
        "did you mean `day`?",
    ),
    "limit misspelled": (
        'outside: ["+79161234567", "+79161234568"]',
        'outside: {numbers: ["+79161234567", "+79161234568"], minute: 300 per day}',
        "minute",
        "`minute` has no meaning here",
        "did you mean `minutes`?",
    ),
    "numbers misspelled": (
        'outside: ["+79161234567", "+79161234568"]',
        'outside: {nubmers: ["+79161234567", "+79161234568"]}',
        "nubmers",
        "`nubmers` has no meaning here",
        "did you mean `numbers`?",
    ),
    "wrap-up without a unit": (
        "wrap_up: 20s",
        "wrap_up: 20",
        "20",
        "`20` has no unit",
        "write `20s` for seconds",
    ),
    "wrap-up for hours": ("wrap_up: 20s", "wrap_up: 2h", "2h", "`2h` is out of bounds", "from 0s to 30m"),
    "wrap-up misspelled": (
        "wrap_up: 20s",
        "wrapup: 20s",
        "wrapup",
        "`wrapup` has no meaning here",
        "did you mean `wrap_up`?",
    ),
    "more reasons than keys": (
        "away: [lunch, training]",
        "away: [a, b, c, d, e, f, g, h, i, j]",
        "away",
        "these are 10 reasons for being away",
        "at most 9 have a key",
    ),
    "a reason twice": (
        "away: [lunch, training]",
        "away: [lunch, lunch]",
        "lunch",
        "`lunch` is given twice",
        "the first one is in line",
    ),
    "no reason for being away": (
        "away: [lunch, training]",
        "away: []",
        "away",
        "nothing is listed here",
        "leave it out",
    ),
    "two reasons with one key": (
        "price: {key: 2}",
        "price: {key: 1}",
        "1",
        "the key 1 is given twice",
        "it tells `wish` already",
    ),
    "a reason with two keys": (
        "price: {key: 2}",
        "price: {key: 22}",
        "22",
        "here should be a whole number from 0 to 9, not `22`",
        "",
    ),
    "a reason told to nobody": (
        "tell: wholesale}",
        "tell: wolesale}",
        "wolesale",
        "no department is called `wolesale`",
        "did you mean `wholesale`?",
    ),
    "a reason without its braces": (
        "price: {key: 2}",
        "price: 2",
        "2",
        "here should be a reason, like `{key: 1, tell: department}`, not the number `2`",
        "",
    ),
    "a department called department": (
        "departments: [wholesale, finance]",
        "departments: [wholesale, finance, department]",
        "department",
        "`department` has a meaning of its own",
        "another name",
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


FAULTS = {**COMPANY, **HOURS, **NUMBERS, **PEOPLE}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_mistake_is_told_where_it_was_made(fault: Fault) -> None:
    look(fault)


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(FAULTS) == len(COMPANY) + len(HOURS) + len(NUMBERS) + len(PEOPLE)
