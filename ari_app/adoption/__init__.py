"""No call is lost (T4): which engines live, what one that is gone has left, and what really is in Asterisk."""
