"""The whole site in one verified file, and back: made while the site runs, opened and checked before it counts."""
