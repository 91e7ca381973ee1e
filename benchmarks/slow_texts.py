"""Texts made to be slow to read: each family grows to any length. For `benchmarks.markdown` and for the tests.

What they share is that a reader who looks ahead for an end, or goes back to a beginning, does so again and again.
"""

from collections.abc import Callable, Iterator, Mapping

Grow = Callable[[int], str]  # how long it should be about → the text

PROSE = (
    "A prompt is a wish **written down**. The encoder reads it as [tokens](/en/lessons/tokens), and `guidance` says "
    "how closely the picture keeps to it.\n\n"
    "프롬프트는 **문장(sentence)**으로 쓴다. 모델은 그것을 토큰으로 나누어 읽는다.\n\n"
    "- Start at five.\n- Then turn it up, and look again.\n\n"
)

# Whatever begins or ends something in Markdown, and what the site adds to it.
SIGNS = (
    *("[", "]", "(", ")", "![", "](", "](a)", "](<", "[a](", "[a](b '", '[a](b "', "[a](b (", "[a][", "[a]", "[]("),
    *("[^", "[^a]", "[^a]: ", "\n[^a]: ", "[a]: ", "\n[a]: b\n", "\n[a]: b '", "\n[a]: <", "[漢(", "[漢(한)", "[漢漢"),
    *("*", "**", "***", "_", "__", "*a", "a*", "*a ", " a*", "_a ", "**a ", "*a**", "a**b*", "*_", "**가(", ")**"),
    *("~", "~~", "~~a", "~~a ", "~~~\n", "~~~a\n", "`", "``", "`a", "`` ", "```\n", "```a\n", "`\n", "\\`", "\\"),
    *("\\\\", "\\[", "\\\n", "\\$", "$", "$$", "$a", "$a$", " $a", "$a ", "$$\n", " $$\n", "$`", "$\\", "$$a", "a$ "),
    *("&", "&a", "&amp;", "&#", "&#x", "&#1", "&#64;", "&;", "<", "<a", "<a ", "<a b", '<a b="', "<a b='c' ", "</a"),
    *("<!", "<!--", "<!-", "<!-->", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!A", "<a>", "\n<a>\n", "\n<pre>\n"),
    *("<http://", "<http://a", "<a@", "<a@b.", "http://", "https://a.b", " https://a.b", "https://a.b)", "(https://"),
    *("a@", "@a", "@a ", "@", "@.", "mailto:", "> ", ">", ">\n", "\n> ", "\n> a\nb\n", "\n>\n", "> > ", "- ", "-\n"),
    *("- a\n", "- a\n\n", "\n- ", "-", "- - ", "* ", "* a\n", "+ ", "1. ", "1. a\n", "1.", "1)\n", "2. a\n", "\n 1. "),
    *("> - ", "- > ", "> - 1. ", "- [ ] ", "- [x] a\n", "[x]", "# ", "#", "# a\n", "#\n", "## a {#", "{#a}", " {#a"),
    *(
        "\n# a {#a}\n",
        "===\n",
        "a\n===\n",
        "---\n",
        "***\n",
        "_ _ _\n",
        "a\n---\n",
        "|",
        "| ",
        "|a",
        "| a |\n",
        "|-|\n",
    ),
    *("a|b\n-|-\n", "|a|\n|-|\n|b|\n", "\\|", "|\n", "-|", ":-|", "\n", " \n", "\t", "\t\n", " ", "  \n", "    a\n"),
    *("\n    ", "\n\n", "a\n", "\u3000", "\u3000\n", "\u00a0", "\u200b", "\f", "\v", "\x1c", "\x85", "\u2028", "\r"),
    *(
        ":::",
        ":::\n",
        ":::{note}\n",
        "::::{note}\n:::\n",
        ":::{note}\n:::\n",
        ":::{note} a\n",
        ":",
        "\n:a: b\n",
        ":a:\n",
    ),
    *(":::{exercise} choice\n- [x] a\n", ":::{exercise} text\na\n:::\n", ":::{takeaways}\n- a\n:::\n", ":::{a}\n:::\n"),
    *(
        ":::{compare}\n",
        ":::{wrong} a\na\n:::\n",
        ":::{figure} a.svg\n:::\n",
        ":::{details} a\n",
        ":::{persona} pippa\n",
    ),
    *(
        "a",
        "가",
        "가 ",
        "가a",
        "a'",
        "a-",
        "a_",
        "a ",
        "1",
        ".",
        "1.1",
        "漢",
        "🙂",
        "\u0301",
        "\ufe0f",
        "“",
        "%",
        "%2",
        "\0",
    ),
    *("\ufffe", "'", '"', "{", "}", "(a", "a)", "!", "!a", "![a](b.svg)", "![a](b.svg)\n\n", "[a](#a)", "[a](b)\n"),
)

_TOP = ("[", "![", "*", "_", "~~", "`", "$", "<", "&", "\\", ">", "- ", "|", "(", "{", ":::", "\n", " ", "a", "가", "@")


def runs() -> Iterator[tuple[str, Grow]]:
    """One sign again and again, up to the end and with an end that nothing expects."""
    for sign in SIGNS:
        yield repr(sign), _repeated(sign)
    for sign in SIGNS:
        yield f"{sign!r}, then a line", lambda length, sign=sign: _repeated(sign)(length - 4) + "\nb a"


def mirrored() -> Iterator[tuple[str, Grow]]:
    """As many ends as beginnings, all beginnings first."""
    pairs = (
        *(("[", "]"), ("[", "](b)"), ("![", "](b.svg)"), ("*", "*"), ("**a ", " a**"), ("_a ", "_"), ("~~a ", " a~~")),
        *(("*a _b ", " b_ a*"), ("*a **b ", "b** c*"), ("[*a", "*](b)"), ("`", "``"), ("<", ">"), ("(", ")")),
        *(("[a](", ")"), ("[a](b '", "')"), ("<a ", ">"), ("<!--", "-->"), ("$", "$$"), ("$a", "a$"), ("{", "}")),
        *(("$\\frac{", "}$"), ("<b>", "</b>"), (":::{note}\n", ":::\n"), ("&", ";"), ("> ", "\n"), ("\\(", "\\)")),
        *(
            ("[^a", "]"),
            ("[漢(", ")]"),
            ("```\n", "```a\n"),
            ("https://a.b/(", ")"),
            ("**가(", ")**을 "),
            ("~~~", "~~"),
        ),
    )
    for begin, end in pairs:
        yield f"{begin!r} as often as {end!r}", lambda length, begin=begin, end=end: _mirrored(begin, end, length)


def stairs() -> Iterator[tuple[str, Grow]]:
    """Each line or run a little longer than the one before."""
    for sign, tail in (
        *(("`", " "), ("*", " a "), ("_", " a"), ("~", " "), ("[", " "), ("> ", "a\n"), ("  ", "- a\n"), ("#", " a\n")),
        *(
            (">", "\n"),
            (" ", "a\n"),
            ("$", " "),
            ("`", "\n"),
            ("~", "\n"),
            (":", "{note}\n"),
            ("- ", "a\n"),
            ("|", "\n"),
        ),
        *(
            ("=", "\n"),
            ("&", " "),
            ("\\", " "),
            ("<", " "),
            ("!", "["),
            ("    ", "1. a\n"),
            ("\n", "- a"),
            ("(", "](a"),
        ),
        *(("a", "\n"), ("-", "|\n"), ("a ", "\n\n"), ("|a", "\n|-|\n"), ("> - ", "a\n"), ("{", " "), ("가", " ")),
    ):
        yield f"{sign!r} rising", lambda length, sign=sign, tail=tail: _rising(sign, tail, length)
        yield f"{sign!r} falling", lambda length, sign=sign, tail=tail: _falling(sign, tail, length)


def constructions() -> Iterator[tuple[str, Grow]]:
    """What takes more than a repeated sign: things that are named and used, tables, deep and wide ones."""
    yield "definitions, each used", lambda n: _each("[a{0}]: /b\n", "[a{0}] ", n)
    yield "uses of nothing", lambda n: _each("[a{0}] ", "[b{0}][c{0}] ", n)
    yield "one long definition, used often", lambda n: f"[a]: /{'b' * (n // 4)}\n\n{'[a] ' * (n // 6)}"
    yield "one long title, used often", lambda n: f"[a]: /b '{'c' * (n // 4)}'\n\n{'[a] ' * (n // 6)}"
    yield "one figure, used often", lambda n: f"[a]: b.svg '{'c' * (n // 4)}'\n\n" + "![a]\n\n" * (n // 8)
    yield "one picture, used often", lambda n: f"[a]: b.svg '{'c' * (n // 4)}'\n\n{'![a] ' * (n // 6)}"
    yield "footnotes, each used", lambda n: _each("[^a{0}]: b\n", "c[^a{0}] ", n)
    yield "footnotes of footnotes", lambda n: "a[^0]\n\n" + _each("[^{0}]: b[^{1}]\n", "", n)
    yield "footnotes of each other", lambda n: "a[^0]\n\n" + _each("[^{0}]: b[^0][^1][^2]\n", "", n)
    yield "one footnote, used often", lambda n: "[^a]: b\n\n" + "c[^a] " * (n // 6)
    yield "footnotes within", lambda n: "".join(f"{' ' * (4 * d)}[^{d}]: a\n" for d in range(_steps(n, 4)))
    yield "a table of many columns", lambda n: "|a" * (n // 4) + "|\n" + "|-" * (n // 4) + "|\n"
    yield "as many rows as columns", _square_table
    yield (
        "short rows under many columns",
        lambda n: f"{'|a' * (n // 8)}|\n{'|-' * (n // 8)}|\n{'|b|' * 1}\n" + "|b|\n" * (n // 8),
    )
    yield "long rows under two columns", lambda n: "|a|b|\n|-|-|\n" + ("|c" * 100 + "|\n") * (n // 202)
    yield "tables beneath each other", lambda n: "|a|\n|-|\n|b|\n\n" * (n // 15)
    yield "bare rows before one that is odd", lambda n: "a|b\n-|-\n" * (n // 8) + "|||\n"
    yield "bare rows before a long one", lambda n: "a|b\n-|-\n" * (n // 16) + "|" * (n // 2)
    yield "bare heads without lines", lambda n: "a|b\n" * (n // 4)
    yield "same headings", lambda n: "## a\n\n" * (n // 6)
    yield "other headings", lambda n: _each("## a{0}\n\n", "", n)
    yield "headings with names", lambda n: _each("## a {{#a{0}}}\n\n", "", n)
    yield "a heading of signs", lambda n: "## " + "{#a" * (n // 3)
    yield "same paragraphs", lambda n: "a\n\n" * (n // 3)
    yield "a long word", lambda n: "a" * n
    yield "one long line", lambda n: "a " * (n // 2)
    yield "English in Korean", lambda n: "가 a b c 나 " * (n // 10)
    yield "English that is none", lambda n: "a b c_ " * (n // 7)
    yield "words with hyphens", lambda n: "a-a-" * (n // 4) + "_"
    yield "deep quotes", lambda n: "> " * (n // 2) + "a"
    yield "deep lists", lambda n: "- " * (n // 2) + "a"
    yield "deep lists of lines", lambda n: "".join("  " * d + "- a\n" for d in range(_steps(n, 2)))
    yield "deep numbers", lambda n: "1. " * (n // 3) + "a"
    yield "quotes and lists by turns", lambda n: "> - " * (n // 4) + "a"
    yield "quotes and lists that end each other", lambda n: "> a\n- b\n" * (n // 8)
    yield "quotes and tasks that end each other", lambda n: ":::{exercise} choice\n- [x] a\n>" * (n // 30)
    yield "lists within quotes, deep and long", lambda n: ("> - " * 6 + "a\n") * (n // 26)
    yield "lazy lines under quotes", lambda n: "> " * 10 + "a\n" * (n // 2)
    yield "lazy lines under lists", lambda n: "- " * 10 + "a\n" * (n // 2)
    yield "lazy lines under many quotes", lambda n: (("> " * 10) + "a\n" * 10) * (n // 40)
    yield "a list that a blank line parts", lambda n: "- a\n\n\n" * (n // 6)
    yield "a list of bare marks", lambda n: "-\n\n-\n" * (n // 5)
    yield "a loose list", lambda n: "- a\n\n  b\n\n" * (n // 11)
    yield "code in a list", lambda n: "-     a\n" * (n // 8)
    yield "indented code with holes", lambda n: "    a\n\n" * (n // 7)
    yield "indented code and blank lines", lambda n: "    a" + "\n" * n + "b"
    yield "blank lines with blanks", lambda n: ("a" + " " * 190 + "\n") * (n // 192)
    yield "blanks just within the limit", lambda n: (" " * 199 + "a") * (n // 200)
    yield "blanks before the end of a line", lambda n: ("a" + " " * 200 + "\n") * (n // 202)
    yield "tabs just within the limit", lambda n: ("\t" * 199 + "a") * (n // 200)
    yield "tabs in a list", lambda n: "-" + "\t" * 150 + "a\n" + ("-" + "\t" * 150 + "a\n") * (n // 154)
    yield "wide blanks just within the limit", lambda n: ("\u3000" * 199 + "a\n") * (n // 201)
    yield "fences that nothing closes", lambda n: _each("```a{0}\n", "", n)
    yield "longer and longer fences", lambda n: "".join("`" * (d + 3) + "\n" for d in range(_steps(n, 1)))
    yield "fences within lists", lambda n: "- ```\n" * (n // 6)
    yield "fences within quotes", lambda n: "> ```\n" * (n // 6)
    yield "spans of code of every length", lambda n: "".join("`" * d + "a" for d in range(1, _steps(n, 1)))
    yield "brackets within the text of a link", lambda n: "[" + "[a] " * (n // 4) + "](b)"
    yield "links within links", lambda n: "[a " * (n // 8) + "](b) " * (n // 8)
    yield "pictures within pictures", lambda n: "![a " * (n // 12) + "](b.svg)" * (n // 12)
    yield "titles that end nowhere", lambda n: "[a](b 'c" * (n // 8)
    yield "titles of escapes", lambda n: "[a](b '" + "\\'" * (n // 2)
    yield "titles of quotes", lambda n: '[a](b "' + '" "' * (n // 3)
    yield "definitions with titles that end nowhere", lambda n: "[a]: b 'c\n" * (n // 10)
    yield "definitions of brackets", lambda n: "[" * (n // 2) + "]: b\n" * (n // 10)
    yield "definitions over several lines", lambda n: "[a]:\n\n" * (n // 6)
    yield "targets in angles that end nowhere", lambda n: "[a](<b" * (n // 6)
    yield "targets of brackets", lambda n: "[a](" + "(" * n
    yield "targets of balanced brackets", lambda n: "[a](" + "(" * (n // 2) + ")" * (n // 2)
    yield "addresses that end in brackets", lambda n: "https://a.b/" + ")" * (n - 12)
    yield "addresses that end in points", lambda n: "https://a.b/" + ".)" * (n // 2)
    yield "addresses in angles that end nowhere", lambda n: "<https://a" * (n // 10)
    yield "an address of percents", lambda n: "[a](" + "%41" * (n // 3) + ")"
    yield "tags with attributes that end nowhere", lambda n: "<a" + " b='c'" * (n // 6)
    yield "tags of many attributes", lambda n: ("<a" + " b=c" * 50 + ">") * (n // 203)
    yield "comments that end nowhere", lambda n: "<!-- a " * (n // 7)
    yield "an open comment before many lines", lambda n: "<!--\n" + "a\n\n" * (n // 3)
    yield "scripts that end nowhere", lambda n: "<script>\n\n" * (n // 10)
    yield "entities that are none", lambda n: "&aaaaaaaaaaaaaaaa" * (n // 17)
    yield "entities that grow", lambda n: "&nGt;" * (n // 5)
    yield "quotes that grow", lambda n: '"' * n
    yield "ampersands in targets", lambda n: "[a](" + "&" * n + ")"
    yield "signs in targets", lambda n: "[a](" + '"' * n + ")"
    yield "ideographs in targets", lambda n: "[a](" + "漢" * (n // 3) + ")"
    yield "ruby that ends nowhere", lambda n: "[" + "漢(한)" * (n // 4)
    yield "ruby just too long", lambda n: ("[" + "漢" * 31 + "(한)]") * (n // 36)
    yield "emphasis of every length", lambda n: "".join("*" * d + "a" for d in range(1, _steps(n, 1)))
    yield "emphasis of two signs by turns", lambda n: "*a_b" * (n // 4)
    yield "emphasis that only closes", lambda n: "a**" + "b** " * (n // 4)
    yield "emphasis by the rule of three", lambda n: "a***b**c*" * (n // 9)
    yield "emphasis under a deep one", lambda n: "*a " * (n // 6) + "b* " * (n // 6)
    yield "strikes that end nowhere", lambda n: "~~a ~~" * (n // 6)
    yield "formulas, each alone", lambda n: "$a$ " * (n // 4)
    yield "a deep formula", lambda n: "$" + "{" * (n // 2) + "}" * (n // 2) + "$"
    yield "a formula of fractions", lambda n: "$" + "\\frac{a}{" * (n // 11) + "b" + "}" * (n // 11) + "$"
    yield "formulas of fractions", lambda n: ("$" + "\\frac{a}{" * 40 + "b" + "}" * 40 + "$ ") * (n // 404)
    yield "formulas of brackets", lambda n: ("$" + "\\left(" * 80 + "$ ") * (n // 483)
    yield "formulas of roots", lambda n: ("$" + "\\sqrt{" * 70 + "a" + "}" * 70 + "$ ") * (n // 494)
    yield "formulas of indices", lambda n: ("$" + "a_{" * 110 + "a" + "}" * 110 + "$ ") * (n // 444)
    yield "formulas of primes", lambda n: ("$a" + "'" * 490 + "$ ") * (n // 494)
    yield "formulas of matrices", lambda n: ("$\\begin{matrix}" + "a&" * 220 + "\\end{matrix}$ ") * (n // 470)
    yield "formulas of text", lambda n: ("$\\text{" + "a" * 480 + "}$ ") * (n // 490)
    yield "formulas of digits", lambda n: ("$" + "1" * 490 + "$ ") * (n // 493)
    yield "formulas of commands", lambda n: ("$" + "\\alpha" * 80 + "$ ") * (n // 483)
    yield "formulas of commands that are none", lambda n: ("$" + "\\aaaaaa" * 70 + "$ ") * (n // 493)
    yield "formulas of limits", lambda n: ("$" + "\\limits" * 70 + "$ ") * (n // 493)
    yield "formulas of colours", lambda n: ("$" + "\\color{red}" * 40 + "$ ") * (n // 443)
    yield (
        "formulas that define",
        lambda n: "$" + "\\newcommand{\\a}[1]{{#1}{#1}}" + "\\a{" * 40 + "}" * 40 + "$" + "a" * (n - 200),
    )
    yield "formulas of sides", lambda n: ("$" + "\\sideset{}{}" * 40 + "a$ ") * (n // 484)
    yield "formulas of logos", lambda n: ("$" + "\\LaTeX" * 80 + "$ ") * (n // 483)
    yield "blocks of formulas", lambda n: "$$\na\n$$\n\n" * (n // 9)
    yield "options of a directive", lambda n: ":::{note}\n" + ":a: b\n" * (n // 6) + ":::\n"
    yield "different options of a directive", lambda n: ":::{note}\n" + _each(":a{0}: b\n", "", n) + ":::\n"
    yield "deep directives", _deep_directives
    yield "directives that are unknown", lambda n: _each(":::{{a{0}}}\n:::\n", "", n)
    yield "exercises without names", lambda n: ":::{exercise} text\na\n:::\n" * (n // 25)
    yield "exercises of one name", lambda n: ":::{exercise} text\n:id: a\na\n:::\n" * (n // 32)
    yield "an exercise of many options", lambda n: ":::{exercise} choice\n" + "- [x] a\n" * (n // 8) + ":::\n"
    yield "an exercise of many answers", lambda n: ":::{exercise} short\n:accept: " + "a|" * (n // 2) + "\na\n:::\n"
    yield "personas that nobody knows", lambda n: ":::{persona} a\n:::\n" * (n // 18)
    yield "figures without words", lambda n: ":::{figure} a.svg\n:::\n" * (n // 22)
    yield "takeaways of many lines", lambda n: ":::{takeaways}\n" + "- a\n" * (n // 4) + ":::\n"
    yield "blocks that show nothing", lambda n: ":::{details}\n:::\n\n" * (n // 18)
    yield "names, each another", lambda n: _each("@a{0} ", "", n)
    yield "a name of points", lambda n: "@a" + "._-" * (n // 3)
    yield "code without colours", lambda n: "```\n" + "a = 'b'\n" * (n // 8) + "```\n"


# Whatever begins or ends something in YAML.
_YAML = (
    *(
        "a: b\n",
        "a:\n",
        "a:\n  b:\n",
        "titel: a\n",
        "- a\n",
        "- ",
        "? ",
        "? a\n",
        "[",
        "[a, ",
        "{",
        "{a: ",
        "a: [",
        "'",
    ),
    *('"', '"\\', '"\\x', "a: 'b", 'a: "b', "''", "!", "!!str ", "!a ", "&a ", "*a", "|", "|\n ", "a: |\n", "a: >\n"),
    *(" ", "\n", "\t", "#", "# a\n", "%", "%YAML 1.1\n", "---\n", "...\n", "<<: ", "a: b: ", "0x", "1_", "1:", "1."),
    *("12:30:", "2026-01-01T", "~", "=", "@", "`", "가", "\\", "a\n", ", ", "]", "}", ": ", "\ufeff", "\x85", "\u2028"),
)


def front_matters() -> Iterator[tuple[str, Grow]]:
    """What stands between the two lines of a lesson's front matter, the first one as it should be."""
    yield "as it should be", lambda length: "title: a\ntags:\n" + "- a\n" * (length // 5)
    for begin in ("", 'title: "', "title: |\n  ", "title: a\nlinks:\n- title: "):
        for sign in _YAML:
            yield (
                f"{begin!r}, then {sign!r}",
                lambda length, begin=begin, sign=sign: begin + _repeated(sign)(length - 40),
            )


def all_texts() -> Mapping[str, Grow]:
    """Every text by its name."""
    return dict([*runs(), *mirrored(), *stairs(), *constructions()])


def pairs() -> Iterator[tuple[str, Grow]]:
    """Any two signs, mixed and one after the other: too many for every day."""
    for one in SIGNS:
        for other in _TOP:
            yield f"{one!r} with {other!r}", _repeated(one + other)
            yield (
                f"{one!r} before {other!r}",
                lambda n, one=one, other=other: _repeated(one)(n // 2) + _repeated(other)(n // 2),
            )
            yield (
                f"{other!r} before {one!r}",
                lambda n, one=one, other=other: _repeated(other)(n // 2) + _repeated(one)(n // 2),
            )


def prose(length: int) -> str:
    """What people write."""
    return _repeated(PROSE)(length)


def _repeated(sign: str) -> Grow:
    return lambda length: (sign * (length // len(sign) + 1))[:length]


def _mirrored(begin: str, end: str, length: int) -> str:
    times = length // (len(begin) + len(end))
    return begin * times + "a" + end * times


def _steps(length: int, each: int) -> int:
    """How many steps, each one so much longer than the one before, make the length."""
    return int((2 * length / each) ** 0.5)


def _rising(sign: str, tail: str, length: int) -> str:
    return "".join(sign * step + tail for step in range(1, _steps(length, len(sign)) + 1))[:length]


def _falling(sign: str, tail: str, length: int) -> str:
    return "".join(sign * step + tail for step in range(_steps(length, len(sign)), 0, -1))[:length]


def _each(one: str, other: str, length: int) -> str:
    """The first for every number, then the second for every number; {0} is the number, {1} the next."""
    times = length // max(1, len(one.format(999, 999)) + len(other.format(999, 999)))
    return "\n".join("".join(part.format(n, n + 1) for n in range(times)) for part in (one, other))


def _square_table(length: int) -> str:
    side = int((length / 2) ** 0.5)
    return "|a" * side + "|\n" + "|-" * side + "|\n" + ("|b" * side + "|\n") * side


def _deep_directives(length: int) -> str:
    deep = _steps(length, 2)
    openers = "".join(":" * (3 + deep - at) + "{note}\n" for at in range(deep))
    return openers + "a\n" + "".join(":" * (4 + at) + "\n" for at in range(deep))
