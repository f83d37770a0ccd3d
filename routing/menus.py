"""A menu: a question answered by a key (T2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.outcomes import Pressed
from routing.steps import Ask

if TYPE_CHECKING:
    from routing.call import Call, Way
    from routing.rules.menus import Menu


def ask(call: Call, menu: Menu) -> Way:
    """Ask until a key is chosen or the tries are used up, those of earlier visits in this call included."""
    while call.asked[menu.name] < menu.tries:
        call.asked[menu.name] += 1
        answer = yield Ask(
            menu=menu.name,
            speech=call.speech(menu.say),
            seconds=menu.seconds,
            attempt=call.asked[menu.name],
            notes=call.notes(),
        )
        if not isinstance(answer, Pressed):
            continue
        if choice := menu.keys.get(answer.key):
            call.note(f"pressed {answer.key} in menu {menu.name}", line=choice.line)
            return call.learn(choice)
        call.note(f"{answer.key} is no key of menu {menu.name}", line=menu.line)
        if menu.wrong_key:
            yield call.say(menu.wrong_key)
    call.note(f"nothing was chosen in menu {menu.name}", line=menu.otherwise.line)
    return call.learn(menu.otherwise)
