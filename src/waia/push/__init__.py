"""Notifications that reach an agent whose panel is not in sight, through the push service of their browser."""
