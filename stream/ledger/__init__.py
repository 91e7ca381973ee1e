"""What happened, and what follows from it: XP, level, achievements.

Pure: imports nothing but the standard library and itself. No Flask, no clock, no database, no network.
"""
