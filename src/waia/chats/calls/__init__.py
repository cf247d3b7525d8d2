"""Calls people who are not in front of the panel: which chats wait for whom, and who was told already."""
