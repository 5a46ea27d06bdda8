"""Data that several papers are tested on."""
import pytest


@pytest.fixture
def real_and_generated(rng):
    """Data of N(3, 1), and samples of N(0, 1): float32 (4096, 1) each."""
    return tuple(rng.normal(mean, 1, (4096, 1)).astype("float32") for mean in (3, 0))
