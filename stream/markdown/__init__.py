"""Lesson and comment text to safe HTML. Pure: no Flask, no files, no clock."""
