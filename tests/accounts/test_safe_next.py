"""`next=` leads to pages of this site and nowhere else."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from stream.accounts.safe_next import safe_next, unwrapped

AWAY = [
    r"https://evil.example",
    r"//e",
    r"/\e",
    r"\\e",
    r"/%09/e",
    r"https:e",
    r"http:///e",
    r"/%2f%2fe",
    r"/..//e",
    r"//e%00",
    r"@e",
    r"javascript:alert(1)",
    r"x.y@",
    r"e",
    r"/／e",
    r"／／e",
    r"/＼e",
    r"//xn--e1afmkfd.example",
    r"//пример.example",
    r"/%5ce",
    r"/%255c%255ce",
    r"/%252f%252fe",
    r"/a//e",
    r"/a/../e",
    r"/./e",
    r"///e",
    r"/%0d%0aSet-Cookie:x=1",
    r"http:/e",
    r"\/e",
    r"/\/e",
    r"data:text/html,x",
]
UNSEEN = ["/x\ny", "\n//e", " //e", "/\t/e", "/ /e", "/\u2028/e", "", None, "/" + "a" * 3000]
HERE = [
    "/",
    "/en/",
    "/en/lessons/dial#completion",
    "/ko/search?q=a%2Fb&page=2",
    "/en/tags/c%2B%2B",
    "/en/lessons/dial?next=//e",
    "/en/@minji",
    "/en/a:b",
]


@pytest.mark.parametrize("address", AWAY + UNSEEN)
def test_an_address_elsewhere_leads_home(address):
    assert safe_next(address, "/en/") == "/en/"


@pytest.mark.parametrize("address", HERE)
def test_a_page_of_this_site_stays_as_it_is(address):
    assert safe_next(address, "/home") == address


def test_letters_of_any_script_are_written_for_a_header():
    assert safe_next("/ko/tags/한글", "/") == "/ko/tags/%ED%95%9C%EA%B8%80"


@for_all(st.text(alphabet=r"/\.:@%20%5c%2fe?#ev／＼" + "\t\n\x00a"))
def test_no_text_leads_away(text):
    there = urlsplit(urljoin("https://here.example/en/sign-in", safe_next(text, "/")))
    assert (there.scheme, there.netloc) == ("https", "here.example")


@pytest.mark.parametrize(
    ("address", "goal"),
    [
        ("/en/lessons/dial", "/en/lessons/dial"),
        ("/en/sign-in?next=/en/lessons/dial%23completion", "/en/lessons/dial#completion"),
        ("/ko/sign-up?next=/en/sign-in%3Fnext%3D/en/levels", "/en/levels"),
        ("/en/sign-in?next=//evil.example", "/en/"),
        ("/en/sign-in", "/en/"),
        ("/en/reset/secret", "/en/"),
    ],
)
def test_signing_in_never_leads_to_signing_in(address, goal):
    assert unwrapped(address, "/en/") == goal
