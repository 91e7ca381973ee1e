"""Files in lessons/ become courses and lessons.

Knows files and `stream.markdown`; nothing of learners, requests, templates or the database.
"""
