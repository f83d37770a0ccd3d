"""A small SIP phone of our own, a sample company, and one scenario per documented rule.

The phones place the sample calls of ``switchboard up --demo`` and are the callers and the staff of every test on a real
Asterisk: they hear who they were connected to. Only the standard library is used, and no other room is imported.
"""
