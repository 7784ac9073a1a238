"""What we say to the hall (网厅): the outcome of a signing it opened (domain.md A1). Sent by the outbox."""

SIGNING_OUTCOME = "signing_outcome"
SIGNING_OUTCOME_PATH = "/signing-outcomes"
