"""The calls we make to partners, typed and decoded strictly: an answer nobody understands is no answer."""
