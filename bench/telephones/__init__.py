"""The load: callers who call in and managers who answer at once, all in one process with two sockets.

SIPp's own clock has a grain of 4 ms. Here a message's time of arrival is the kernel's (SO_TIMESTAMPNS), the time at
which one is sent is read right before it, and each call is known by itself: its set-up time, its retransmissions,
whose telephone rang. What is sent is put together from bytes that are ready, so that a call costs the load itself
about as much as it costs SIPp.
"""
