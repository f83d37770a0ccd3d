"""The sample calls: one or more for each documented rule, as tables of values.

They are placed with the sample company (`demo/company`) and the demo's rules (`demo.rules`), which hold at any hour. A
new one is a value more in the module of its subject: the unit tests hold it against the rules, those on Asterisk place
it.
"""

from demo.scenario import Scenario
from demo.scenarios import centre, hostile, managers, orders, supervision, transfers

ALL: tuple[Scenario, ...] = managers.ALL + orders.ALL + centre.ALL + transfers.ALL + supervision.ALL
"""Every ordinary call."""
HOSTILE: tuple[Scenario, ...] = hostile.ALL
"""Callers who mean no good, or whose telephones are broken."""
DEMO: tuple[Scenario, ...] = tuple(scenario for scenario in ALL if scenario.in_demo)
"""The sample calls of ``up --demo``."""
