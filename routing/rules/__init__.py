"""The rule file as values, room by room; `routing.rulebook.Rulebook` holds them all."""
