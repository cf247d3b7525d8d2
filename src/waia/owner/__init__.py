"""The owner's pages about the business as a whole: its settings, and sheets that come in and go out."""
