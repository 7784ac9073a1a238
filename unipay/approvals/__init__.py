"""Two pairs of eyes: what one person proposes, another must approve before it is carried out (domain.md A4)."""
