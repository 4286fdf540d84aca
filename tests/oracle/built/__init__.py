"""Records of ``kundorder``, built from the plain facts of a question."""
