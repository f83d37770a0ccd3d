"""The embedded Asterisk: rendered, started, asked, watched at its limits, stopped."""
