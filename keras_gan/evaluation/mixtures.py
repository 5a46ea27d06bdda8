"""Mixtures of normal distributions in the plane, where every mode can be counted."""
import numpy as np

from keras_gan.evaluation.classes import class_histogram, class_kl


class Mixture:
    """Equally likely normal distributions around `modes`.

    Args:
        modes: (modes, 2) centres.
        sigma: float, their standard deviation on both axes.
    """

    def __init__(self, modes, sigma):
        self.modes, self.sigma = np.asarray(modes, "float64"), float(sigma)

    def sample(self, n, seed=0):
        """n points: float array (n, 2)."""
        rng = np.random.default_rng(seed)
        centres = self.modes[rng.integers(len(self.modes), size=n)]
        return centres + self.sigma * rng.standard_normal((n, 2))


def ring(modes=8, radius=1.0, sigma=0.01):
    """The ring of 8, a `Mixture`.

    Protocol: Zinan Lin et al., 2017 (PacGAN, arXiv:1712.04086, section 4.1).
    """
    angles = 2 * np.pi * np.arange(modes) / modes
    return Mixture(radius * np.stack([np.cos(angles), np.sin(angles)], axis=1), sigma)


def grid(side=5, spacing=2.0, sigma=0.05):
    """The grid of 25, a `Mixture`. Protocol: as for `ring`."""
    ticks = spacing * (np.arange(side) - (side - 1) / 2)
    modes = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2)
    return Mixture(modes, sigma)


def mode_coverage(samples, mixture):
    """How many modes are found, how many samples are near one, how evenly they spread.

    Akash Srivastava et al., 2017 (VEEGAN, arXiv:1705.07761, section 5.1): a sample
    within 3 sigma of a mode has high quality, as 98.89 % of real points have. A mode
    with at least one such sample is found. Lin et al., 2017 (section 4.1): the reverse
    KL compares how often each mode is the nearest one with how often it should be.

    Args:
        samples: (n, 2).
        mixture: a `Mixture`.

    Returns:
        dict: "modes" (int), "high_quality" (float in [0, 1]), "reverse_kl" (float,
        nats).
    """
    samples = np.asarray(samples, "float64")
    if samples.ndim != 2 or samples.shape[1] != 2 or not len(samples):
        raise ValueError(f"samples must have shape (n, 2). Received: shape {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError("samples holds numbers that aren't finite")
    distances = np.linalg.norm(samples[:, None] - mixture.modes, axis=-1)        # (n, modes)
    nearest = distances.argmin(axis=1)
    good = distances.min(axis=1) <= 3 * mixture.sigma
    modes = len(mixture.modes)
    return {"modes": len(np.unique(nearest[good])), "high_quality": float(good.mean()),
            "reverse_kl": class_kl(class_histogram(nearest, modes), np.full(modes, 1 / modes))}
