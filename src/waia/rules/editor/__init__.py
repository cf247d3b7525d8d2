"""The owner's pages of the flow: the table of rules, the draft, its check and versions, and a phone to try it."""
