"""One module per step; each says in ``down_revision`` which one comes before it."""
