"""What a partner's developer downloads; nothing here imports Unipay."""
