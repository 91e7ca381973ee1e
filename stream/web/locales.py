"""What Babel knows of a language, without the greater part that no page shows: 2 MB for two languages."""

from babel.core import get_global
from babel.localedata import load

OF_THE_WORLD = ("territory_languages", "territory_currencies")
OF_A_LANGUAGE = (
    "compact_currency_formats",
    "compound_unit_patterns",
    "currency_names",
    "currency_names_plural",
    "currency_symbols",
    "languages",
    "scripts",
    "territories",
    "unit_display_names",
    "variants",
)
UNITS, OF_TIME = "unit_patterns", "duration-"


def let_go(language: str) -> None:
    """Forget what is never shown. What is shown are dates, times, spans of time, numbers and plurals."""
    for name in OF_THE_WORLD:
        get_global(name).clear()  # type: ignore[arg-type, attr-defined]
    known = load(language)
    for name in OF_A_LANGUAGE:
        known.pop(name, None)
    known[UNITS] = {unit: forms for unit, forms in known[UNITS].items() if unit.startswith(OF_TIME)}
