"""How dates and times are written on our screens, the same in every language: 2026-11-22 04:32."""
