"""Places in a lesson's text that something is attached to: kept true through edits, in every language of the lesson."""
