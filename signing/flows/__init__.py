"""The story of signing: one module per flow of domain.md A1-A4, one public function per event."""
