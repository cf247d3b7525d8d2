"""People who use the panel: users, roles, logins, and what each may do."""
