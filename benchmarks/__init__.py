"""Speed and scale, as commands anyone can run. Nothing here is a test."""
