"""What runs in one installation, and is started again when it ends."""
