"""Partners: banks, provinces, halls, agents and providers; their keys, endpoints, rights and result codes."""
