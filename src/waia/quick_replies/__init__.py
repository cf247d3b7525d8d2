"""Answers that agents keep at hand."""
