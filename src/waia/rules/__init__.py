"""The flow that the owner edits: rules by step, and the book the bot reads."""
