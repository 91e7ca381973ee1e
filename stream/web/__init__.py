"""HTTP and HTML matters that all views share: language, fragments, errors, security headers, static files.

Knows no feature; features know it.
"""
