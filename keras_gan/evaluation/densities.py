"""Instruments for distributions whose density is known."""
import numpy as np


def jensen_shannon(p, q, x):
    """The Jensen-Shannon divergence of two densities, in nats.

    ½ KL(p || m) + ½ KL(q || m), with m = ½ (p + q). It is 0 if p = q, and log 2 if they
    don't overlap. Ian Goodfellow et al., 2014, arXiv:1406.2661, equation 6: the
    generator minimises it when the discriminator is at its best.

    Args:
        p, q: float arrays (n,), densities at x. They needn't be normalised.
        x: (n,) evenly spaced points. They must cover all places where p or q has
            density.

    Returns:
        float in [0, log 2].

    Raises:
        ValueError: if a density is nowhere above 0, or isn't finite.
    """
    if not (np.isfinite(p).all() and np.isfinite(q).all()):
        raise ValueError("A density holds numbers that aren't finite")
    if not (np.any(np.asarray(p) > 0) and np.any(np.asarray(q) > 0)):
        raise ValueError("Both densities must be above 0 somewhere; "
                         "x must reach as far as they do")
    p, q = (np.asarray(density, "float64") / np.trapezoid(density, x) for density in (p, q))
    m = 0.5 * (p + q)

    def kl(density):
        there = density > 0
        terms = np.zeros_like(m)
        terms[there] = density[there] * np.log(density[there] / m[there])
        return np.trapezoid(terms, x)

    return float(0.5 * kl(p) + 0.5 * kl(q))
