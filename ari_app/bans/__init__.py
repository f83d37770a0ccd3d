"""Who guesses passwords is shut out for a while: failures are counted by address, and Asterisk's ACL refuses it."""
