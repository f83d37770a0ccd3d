"""A small rule file in which everything is used once, for tests that put a mistake into it."""

from routing.facts import Person

RULES = """\
company:
  name: {en: Larder, ru: Кладовая}
  country: RU
  timezone: Europe/Moscow
  languages: [en, ru]
customers: [key, retail]
departments: [wholesale, finance]
roles: [operator, manager, head]
intents: [order, other]
hours:
  office: {mon-fri: ["09:00-13:00", "14:00-18:00"], sat: "10:00-15:00"}
  night: {fri: "22:00-06:00", mon: closed, holidays: open}
holidays: [2026-12-31, 2027-01-01..2027-01-08]
callers:
  important: ["+74951234567", "+7812*"]
outside: ["+79161234567", "+79161234568"]
duty: {wrap_up: 20s, away: [lunch, training]}
groups:
  operators: {role: operator, department: wholesale}
  pair: [anna, boris]
  boss: victor
queues:
  operators:
    next: fewest_calls
    also: [pair after 1m, "head of {department} above 2.5 per person"]
    announce: {every: 45s, place: [{en: "Number {place}.", ru: "Номер {place}."}, recorded], wait: minutes}
    closes: {with: office, tell: recorded}
lines:
  "+74950000001": {announce: [welcome, recorded], menu: main}
  "+74950000002": {language: ru, department: finance, intent: other, route: complaints}
  any: {}
menus:
  main:
    say: {en: Press 1., ru: Нажмите 1.}
    keys:
      1: {intent: order}
      "2": {menu: main}
      "*": last_resort
    wait: 7s
    tries: 2
    wrong_key: recorded
    otherwise: {message: office}
  short:
    say: [welcome, {en: Press 1., ru: Нажмите 1.}]
    keys: {1: {goodbye: recorded}}
routes:
  - rule: D6
    when: {debt: [overdue, over_limit], manager: assigned, customer: known}
    tell: [debt, recorded]
    ring: [assigned_manager 20s, another manager 1m, operators 20s, anna 10s]
    hear: music
  - rule: 4
    when: {customer: [key, new], caller: [important, withheld, "+7495*", "+74951111111"], dialled: "+74950000001"}
    ring:
      - head of wholesale 30s
      - head of {department} 30s
      - +79161234567 40s
    otherwise: next_route
  - rule: D19
    name: complaints
    when: {intent: [other, none], department: [none, finance], language: ru, open: office, closed: night}
    wait for: operators
    at most: 10m
    offer: 20s
    first: [anna and language 20s, assigned_manager 1m]
    ahead: 5m
    otherwise: {menu: short}
  - rule: T4
    message: office
last_resort: {announce: recorded, goodbye: recorded}
boxes:
  office: {announce: welcome, at most: 1m, thanks: recorded, owner: head of wholesale}
  second: {announce: welcome, owner: operators}
debt:
  notice: {en: Please wait., ru: Подождите.}
  ask_code: {en: Your code., ru: Ваш код.}
  wrong_code: {en: Wrong., ru: Неверно.}
  overdue: amount
  over_limit: {en: "{balance} of {limit}", ru: "{balance} из {limit}"}
  tries: 3
  wait: 4s
texts:
  welcome: {en: "Welcome to {company}.", ru: [Здравствуйте!, {file: recorded/welcome.wav}]}
  recorded: {stock: privacy-call-recorded}
  minutes: {en: "{minutes} minutes.", ru: "{minutes} минут."}
  amount: {en: "{overdue} is overdue", ru: "{overdue} просрочено"}
  goodbye: [{en: Goodbye., ru: До свидания.}, {file: goodbye.wav}]
transfers:
  600: operators 15s
  chief: {rule: D11, ring: [head of wholesale 25s, "+79161234568 25s"]}
introduce:
  handed_over: {en: "{caller}, {customer}.", ru: "{caller}, {customer}."}
  back: [welcome, {en: "{wanted}: {why}.", ru: "{wanted}: {why}."}]
  words: {key: {en: key customer, ru: ключевой клиент}, no answer: nothing}
reasons:
  wish: {key: 1, tell: [department, finance], task: head of wholesale}
  price: {key: 2}
  other: {tell: wholesale}
supervision:
  supervisors: {operators: [victor, head of wholesale], anna: boris}
  mentors: {anna: victor}
  pauses: [card number, passport]
inside: {operator: [operator, manager], manager: any}
"""

STAFF = (
    Person(id="anna", name="Anna", role="operator", departments=("wholesale",), hours="office"),
    Person(id="boris", name="Boris", role="manager"),
    Person(id="victor", name="Victor", role="head", departments=("wholesale", "finance")),
)


def changed(old: str, new: str) -> str:
    """The rules with one passage changed."""
    assert RULES.count(old) == 1, f"{old!r} is in the rules {RULES.count(old)} times"
    return RULES.replace(old, new)
