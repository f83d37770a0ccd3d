"""The waiting line without telephones: `routing.line` on a clock of its own, beside what queueing theory says.

`simulation` plays hours of callers against the very code that the engine runs, `erlang` is the theory, `measures` puts
them side by side, `page` writes docs/line.md and its pictures.
"""
