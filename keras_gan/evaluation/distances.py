"""Distances between two clouds of feature vectors: Fréchet's and the kernel distance.

What they measure depends on the network that made the features. The names "FID" and
"KID" mean these distances on features of Inception v3; for features of another network,
name the network.
"""
import numpy as np

AT_ONCE = 10_000_000          # numbers of a kernel that are computed at once, rows times columns


def check_range(**clouds):
    """Raise `ValueError` if some arrays are uint8, so 0..255, and others aren't."""
    dtypes = {name: np.asarray(cloud).dtype for name, cloud in clouds.items()}
    if len({dtype == np.uint8 for dtype in dtypes.values()}) > 1:
        received = ", ".join(f"{name} {dtype}" for name, dtype in dtypes.items())
        raise ValueError("All must have one range: uint8 is 0..255, and generate gives 0..1. "
                         f"Received: {received}. Use images / 255.")


def check_vectors(**clouds):
    """The clouds as float64 arrays.

    Raises:
        ValueError: unless all are finite arrays (n, d) with the same d, and n >= 2, in
            one range.
    """
    check_range(**clouds)
    clouds = {name: np.asarray(cloud, "float64") for name, cloud in clouds.items()}
    shapes = ", ".join(f"{name} {cloud.shape}" for name, cloud in clouds.items())
    if (any(cloud.ndim != 2 or len(cloud) < 2 for cloud in clouds.values())
            or len({cloud.shape[1] for cloud in clouds.values()}) != 1):
        raise ValueError("There must be (n, d) arrays with the same d, and at least two rows. "
                         f"Received: {shapes}")
    for name, cloud in clouds.items():
        if not np.isfinite(cloud).all():
            raise ValueError(f"{name} holds numbers that aren't finite")
    return clouds.values()


def frechet_distance(a, b):
    """The squared Fréchet distance of the two normal distributions that fit two clouds.

    |mean_a - mean_b|² + tr(C_a + C_b - 2 (C_a C_b)^½). Martin Heusel et al., 2017,
    arXiv:1706.08500, equation 6. It is too large for small n: compare only figures that
    were measured with the same n.

    Args:
        a, b: arrays (n, d) and (m, d).

    Returns:
        float >= 0.

    Raises:
        ValueError: if the arrays have other shapes, or values that aren't finite.
    """
    a, b = check_vectors(a=a, b=b)
    between = a.mean(axis=0) - b.mean(axis=0)
    cov_a, cov_b = (np.atleast_2d(np.cov(cloud, rowvar=False)) for cloud in (a, b))
    # tr (C_a C_b)^½ is the sum of the roots of the eigenvalues of C_a^½ C_b C_a^½. This
    # matrix is symmetric, so that no complex numbers appear.
    values, vectors = np.linalg.eigh(cov_a)
    root_a = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    roots = np.sqrt(np.maximum(np.linalg.eigvalsh(root_a @ cov_b @ root_a), 0))
    distance = between @ between + np.trace(cov_a) + np.trace(cov_b) - 2 * roots.sum()
    return max(0.0, float(distance))


def kernel_distance(a, b):
    """The squared maximum mean discrepancy of two clouds, without bias.

    The kernel is (x·y / d + 1)³. Mikołaj Bińkowski et al., 2018, arXiv:1801.01401,
    section 4.

    Args:
        a, b: arrays (n, d) and (m, d).

    Returns:
        float. For clouds of the same distribution it is near 0, above or below,
        whatever n is. For a cloud and itself it is below 0, because these aren't drawn
        independently.

    Raises:
        ValueError: if the arrays have other shapes, or values that aren't finite.
    """
    a, b = check_vectors(a=a, b=b)

    def mean_kernel(x, y, without_diagonal=False):
        total = 0.0
        rows = max(1, min(1000, AT_ONCE // len(y)))           # (1000, m) kernel values at once
        for i in range(0, len(x), rows):
            k = (x[i:i + rows] @ y.T / x.shape[1] + 1) ** 3
            total += k.sum() - (np.trace(k, offset=i) if without_diagonal else 0.0)
        return total / (len(x) * (len(y) - without_diagonal))

    of_a, of_b = (mean_kernel(cloud, cloud, without_diagonal=True) for cloud in (a, b))
    return float(of_a + of_b - 2 * mean_kernel(a, b))
