"""The directory (customers, people, departments) and the register (calls, legs, trails, recordings, messages)."""
