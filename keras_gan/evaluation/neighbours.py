"""Instruments that look at nearest neighbours: what is good, what is missing, what is there twice, what was copied.

All take arrays (n, ...), flattened to vectors; features say more than pixels. Distances are Euclidean.
"""
import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

ROUNDING = 1e-3               # distances of equal pictures, as they are computed in float32


def _vectors(*clouds):
    return [np.asarray(cloud, "float32").reshape(len(cloud), -1) for cloud in clouds]


def _nearest(points, others, n=1):
    """Distances (len(points), n) to the nearest of `others`."""
    return NearestNeighbors(n_neighbors=n, algorithm="brute").fit(others).kneighbors(points)[0]


def precision(generated, real, neighbours=3):
    """How many samples look real: the share of samples in the manifold of the real ones.

    Tuomas Kynkäänniemi et al., 2019, arXiv:1904.06991, equation 1: the manifold of a cloud is the union of balls around its points that
    reach to their third neighbours.

    Args:
        generated, real: arrays (n, ...), (m, ...), more than `neighbours` each.
        neighbours: int.

    Returns:
        float in [0, 1].

    Raises:
        ValueError: if there are too few.
    """
    points, cloud = _vectors(generated, real)
    if min(len(points), len(cloud)) <= neighbours:
        raise ValueError(f"There must be more than neighbours={neighbours} of each. Received: {len(points)} and {len(cloud)}")
    radii = _nearest(cloud, cloud, neighbours + 1)[:, -1]               # the nearest of all is the point itself
    return float(np.mean(np.concatenate([(d <= radii).any(axis=1) for d in pairwise_distances_chunked(points, cloud)])))


def recall(generated, real, neighbours=3):
    """How much of what is real is made: the share of real ones in the manifold of the samples. Otherwise as `precision`."""
    return precision(real, generated, neighbours)


def nearest_neighbour_error(samples, labels, test, test_labels):
    """GAN-train with the simplest of classifiers: one nearest neighbour, taught by samples, tested on real pictures.

    Konstantin Shmelkov et al., 2018, arXiv:1807.09499, section 3. It takes good pictures of the right classes, and many different ones.

    Args:
        samples: (n, ...) generated for the `labels` (n,).
        test: (m, ...) real, with `test_labels` (m,).

    Returns:
        float in [0, 1], the share of test pictures that get a wrong label.
    """
    labels, test_labels = np.ravel(labels), np.ravel(test_labels)
    if len(labels) != len(samples) or len(test_labels) != len(test):
        raise ValueError(f"There must be a label for each picture. Received: {len(labels)} for {len(samples)} samples, {len(test_labels)} for "
                         f"{len(test)} test pictures")
    samples, test = _vectors(samples, test)
    nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(samples).kneighbors(test, return_distance=False)[:, 0]
    return float(np.mean(labels[nearest] != test_labels))


def birthday_test(generated, real):
    """How many pairs of samples are nearly the same, and how many different pictures that speaks for.

    Sanjeev Arora, Yi Zhang, 2017, arXiv:1706.08224: of N equally likely pictures a sample of n has n(n-1)/(2N) equal pairs. They
    looked at the nearest pairs themselves; here "the same" is nearer than any two of as many real pictures are that aren't copies of one another.

    Args:
        generated, real: arrays (n, ...), (m, ...); as many of both are used as there are of the fewer.

    Returns:
        dict: "pairs" (int, nearly equal pairs), "support" (float, the estimate of N; infinite without such a pair),
        "distance" (float, what counts as equal).
    """
    n = min(len(generated), len(real))
    generated, real = _vectors(generated[:n], real[:n])
    between = _nearest(real, real, 2)[:, 1]
    distance = float(between.min(where=between > ROUNDING, initial=np.inf))

    def near(chunk, start):
        rows = np.arange(start, start + len(chunk))[:, None]
        return int(((chunk < distance) & (np.arange(n) > rows)).sum())

    pairs = sum(_chunks_with_start(generated, near))
    return {"pairs": pairs, "support": n * (n - 1) / 2 / pairs if pairs else float("inf"), "distance": distance}


def _chunks_with_start(points, count):
    start = 0
    for chunk in pairwise_distances_chunked(points):
        yield count(chunk, start)
        start += len(chunk)


def copied_share(generated, training, held_out, level=0.01):
    """The share of samples that are suspiciously near to a training picture.

    Suspicious is as near as `level` of the held-out real pictures are (those left out that are in the training set themselves). A generator that remembers nothing scores about `level`.

    Args:
        generated, training, held_out: arrays (n, ...).
        level: float in (0, 1), the floor.

    Returns:
        float in [0, 1].
    """
    generated, training, held_out = _vectors(generated, training, held_out)
    distances = _nearest(held_out, training)
    suspicious = np.quantile(distances[distances > ROUNDING], level) if (distances > ROUNDING).any() else ROUNDING
    return float(np.mean(_nearest(generated, training) <= suspicious))
