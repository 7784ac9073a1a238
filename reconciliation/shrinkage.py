"""Does a file end more of a book than may pass unseen? (domain.md B, the shrink guard.)"""


def is_too_much(*, ending: int, standing: int, permille: int) -> bool:
    """Tell whether `ending` contracts of `standing` are more than `permille` thousandths of them."""
    return ending * 1000 > standing * permille
