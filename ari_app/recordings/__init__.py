"""Recordings (T1): sealed after each call, swept after a crash, checked against the register, deleted in time.

Asterisk leaves two mono files of each call and one of each message; what is kept of them is one file and one row.
"""
