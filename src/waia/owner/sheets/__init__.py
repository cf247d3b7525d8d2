"""Spreadsheets of rules and quick replies: read in a child process, compared with what is there, applied as a whole."""
