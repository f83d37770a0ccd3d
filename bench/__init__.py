"""The bench: what a call costs, beside the peers and beside the limit (`switchboard bench`)."""
