"""One module for each directive: its pattern, its parsing, its HTML."""
