"""Signed-in browsers and failed tries, as rows."""
