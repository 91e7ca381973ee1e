"""What accounts announce to the features above them."""

from blinker import Namespace

# Sent with member=, act=, next=, kept= and kept_for= right after a sign-in or sign-up that began with pressing
# something, such as "Complete lesson". Whoever owns the act carries it out. `kept` is a text that was being written.
signed_in_with_act = Namespace().signal("signed-in-with-act")

# Sent with connection=, learner_id=, keep_comments=, traces= and at= within the transaction that deletes an account.
# Whoever keeps anything of a member removes it, or takes the name out of it with `traces`. There is no app context.
account_erased = Namespace().signal("account-erased")

# Sent with learner_id= when a member downloads everything. Each receiver answers with the name of a section and what
# is in it, as plain values for JSON: the member's own, and nothing of anybody else.
personal_data_asked = Namespace().signal("personal-data-asked")

ACTS = frozenset({"complete", "comment"})
