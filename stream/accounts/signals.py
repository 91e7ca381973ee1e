"""What accounts announce to the features above them."""

from blinker import Namespace

# Sent with member=, act=, next=, kept= and kept_for= right after a sign-in or sign-up that began with pressing
# something, such as "Complete lesson". Whoever owns the act carries it out. `kept` is a text that was being written.
signed_in_with_act = Namespace().signal("signed-in-with-act")

ACTS = frozenset({"complete", "comment"})
