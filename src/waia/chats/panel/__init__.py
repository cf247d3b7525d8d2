"""The agents' panel: the list of chats, the open conversation, the composer."""
