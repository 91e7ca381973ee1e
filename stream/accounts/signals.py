"""What accounts announce to the features above them."""

from blinker import Namespace

# Sent with member=, act= and next= right after a sign-in or sign-up that began with pressing something, such
# as "Complete lesson". Whoever owns the act carries it out.
signed_in_with_act = Namespace().signal("signed-in-with-act")

ACTS = frozenset({"complete"})
