"""Records of ``kundorder``, built from the plain facts of a question."""

import pytest

pytest.register_assert_rewrite("oracle.built.saying")
