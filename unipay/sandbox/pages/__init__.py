"""The simulated partners' web pages: a hall, banks with counter and signing page, provinces with their SMS."""
