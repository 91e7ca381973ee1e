"""One module for each directive: which options it takes, and how it is shown."""
