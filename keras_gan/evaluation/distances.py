"""Distances between two clouds of feature vectors: Fréchet's and the kernel distance.

What they measure depends on the network that made the features. "FID" and "KID" are the names of the distances on one network,
Inception v3; say which one yours is.
"""
import numpy as np


def check_vectors(**clouds):
    """Raise `ValueError` unless all clouds are finite (n, d) arrays with one d and n >= 2. Returns them as float64."""
    clouds = {name: np.asarray(cloud, "float64") for name, cloud in clouds.items()}
    shapes = ", ".join(f"{name} {cloud.shape}" for name, cloud in clouds.items())
    if any(cloud.ndim != 2 or len(cloud) < 2 for cloud in clouds.values()) or len({c.shape[1] for c in clouds.values()}) != 1:
        raise ValueError(f"There must be (n, d) arrays of one d, with at least two rows. Received: {shapes}")
    for name, cloud in clouds.items():
        if not np.isfinite(cloud).all():
            raise ValueError(f"{name} holds numbers that aren't finite")
    return clouds.values()


def frechet_distance(a, b):
    """The Fréchet distance (squared) of the two normal distributions that fit two clouds.

    |mean_a - mean_b|² + tr(C_a + C_b - 2 (C_a C_b)^½). Martin Heusel et al., 2017, arXiv:1706.08500, equation 6. It is
    biased upwards for small n: compare figures of one n only.

    Args:
        a, b: arrays (n, d) and (m, d).

    Returns:
        float >= 0.

    Raises:
        ValueError: for arrays of other shapes, or with values that aren't finite.
    """
    a, b = check_vectors(a=a, b=b)
    between = a.mean(axis=0) - b.mean(axis=0)
    cov_a, cov_b = (np.atleast_2d(np.cov(cloud, rowvar=False)) for cloud in (a, b))
    # tr (C_a C_b)^½ = the sum of the roots of the eigenvalues of the symmetric C_a^½ C_b C_a^½: no complex numbers
    values, vectors = np.linalg.eigh(cov_a)
    root_a = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    roots = np.sqrt(np.maximum(np.linalg.eigvalsh(root_a @ cov_b @ root_a), 0))
    return max(0.0, float(between @ between + np.trace(cov_a) + np.trace(cov_b) - 2 * roots.sum()))


def kernel_distance(a, b):
    """The squared maximum mean discrepancy of two clouds, with the kernel (x·y / d + 1)³, without bias.

    Mikołaj Bińkowski et al., 2018, arXiv:1801.01401, section 4.

    Args:
        a, b: arrays (n, d) and (m, d).

    Returns:
        float; around 0, also below, for clouds of one distribution, whatever n is.

    Raises:
        ValueError: for arrays of other shapes, or with values that aren't finite.
    """
    a, b = check_vectors(a=a, b=b)

    def mean_kernel(x, y, without_diagonal=False):
        total = 0.0
        for i in range(0, len(x), 1000):                             # (1000, m) kernel values at once
            k = (x[i:i + 1000] @ y.T / x.shape[1] + 1) ** 3
            total += k.sum() - (np.trace(k, offset=i) if without_diagonal else 0.0)
        return total / (len(x) * (len(y) - without_diagonal))

    return float(mean_kernel(a, a, without_diagonal=True) + mean_kernel(b, b, without_diagonal=True) - 2 * mean_kernel(a, b))
