"""The debit calendar: every arrangement's dates of a month, and what people may do with them."""
