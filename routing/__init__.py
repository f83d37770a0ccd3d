"""The script of a call, decided without doing anything: facts in, steps out.

No Asterisk, no database, no clock, nothing awaited, and nothing of the other rooms imported. Whoever acts (the
engine, the stand-in, the checker, explain, replay) drives `flow` and tells it what came of each step.
"""

from routing.compiling import load, version_of
from routing.mistakes import BadRules, Mistake, render_mistakes

__all__ = ["BadRules", "Mistake", "load", "render_mistakes", "version_of"]
