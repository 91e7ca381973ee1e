"""LaTeX to MathML, which browsers show without a script."""

from latex2mathml.converter import convert


def mathml(latex: str, display: str) -> str | None:
    """The formula as MathML ("block" or "inline"), or None where it cannot be read."""
    try:
        return str(convert(latex.strip(), display=display))
    except Exception:  # the library raises many kinds, down to IndexError, for what it cannot read
        return None
