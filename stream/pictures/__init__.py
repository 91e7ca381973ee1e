"""PURE pictures: drawn ones for shared pages, and uploaded ones made anew. Knows no site and no request."""
