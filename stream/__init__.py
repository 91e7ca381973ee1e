"""Stream: a learning site whose every number can be opened to see why."""
