"""A working day in minutes: many operators and callers who behave as people do, and what must hold whatever they do.

Nobody plays a scenario here. What everybody does comes from a seed, which is printed; what came of it is seen by the
telephones and compared with the register, with Asterisk's list of calls, and with what `switchboard report` says.
"""
