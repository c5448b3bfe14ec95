"""Who may come in: accounts, passwords, passkeys, sessions, tokens, invitations, secret links."""
