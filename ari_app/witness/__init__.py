"""The second witness: Asterisk's own list of calls (its CDRs), compared with the register."""
