"""Hearing a talk along: supervisors, mentors, a call for help, and what must not be recorded (T6, T8).

Who hears along does so by a snoop channel on the telephone of the one who talks with the caller: what is whispered goes
to that telephone alone, so that neither the caller hears it nor the recording, which is made of the caller's channel.
"""
