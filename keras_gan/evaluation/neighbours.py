"""Instruments that look at nearest neighbours.

They tell how many samples are good, what is missing, what was made twice and what was
copied. All take arrays (n, ...) and flatten them to vectors; features say more than
pixels. Distances are Euclidean.
"""
import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

ROUNDING = 1e-3               # equal pictures can be this far apart, because of float32


def _vectors(*clouds):
    return [np.asarray(cloud, "float32").reshape(len(cloud), -1) for cloud in clouds]


def _nearest(points, others, n=1):
    """Distances (len(points), n) to the nearest of `others`."""
    return NearestNeighbors(n_neighbors=n, algorithm="brute").fit(others).kneighbors(points)[0]


def precision(generated, real, neighbours=3):
    """How many samples look real: the share in the manifold of the real ones.

    Tuomas Kynkäänniemi et al., 2019, arXiv:1904.06991, equation 1: the manifold of a
    cloud is the union of balls around its points. Each ball reaches to the point's
    third neighbour.

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
        raise ValueError(f"There must be more than neighbours={neighbours} of each. "
                         f"Received: {len(points)} and {len(cloud)}")
    radii = _nearest(cloud, cloud, neighbours + 1)[:, -1]     # the nearest is the point itself
    inside = [(d <= radii).any(axis=1) for d in pairwise_distances_chunked(points, cloud)]
    return float(np.mean(np.concatenate(inside)))


def recall(generated, real, neighbours=3):
    """How much of the real data is made: the share in the samples' manifold.

    Otherwise as `precision`.
    """
    return precision(real, generated, neighbours)


def nearest_neighbour_error(samples, labels, test, test_labels):
    """GAN-train with the simplest classifier: one nearest neighbour.

    The samples teach it, and real pictures test it. Konstantin Shmelkov et al., 2018,
    arXiv:1807.09499, section 3. For a low error, samples must be good, of the right
    classes, and diverse.

    Args:
        samples: (n, ...) generated for the `labels` (n,).
        test: (m, ...) real, with `test_labels` (m,).

    Returns:
        float in [0, 1], the share of test pictures that get a wrong label.
    """
    labels, test_labels = np.ravel(labels), np.ravel(test_labels)
    if len(labels) != len(samples) or len(test_labels) != len(test):
        raise ValueError("There must be a label for each picture. "
                         f"Received: {len(labels)} for {len(samples)} samples, "
                         f"{len(test_labels)} for {len(test)} test pictures")
    samples, test = _vectors(samples, test)
    neighbours = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(samples)
    nearest = neighbours.kneighbors(test, return_distance=False)[:, 0]
    return float(np.mean(labels[nearest] != test_labels))


def birthday_test(generated, real):
    """How many samples are nearly equal, and how many different pictures there are.

    Sanjeev Arora, Yi Zhang, 2017, arXiv:1706.08224: if N pictures are equally likely, n
    samples have n(n-1)/(2N) equal pairs; this gives an estimate of N. The authors
    looked at the nearest pairs with their own eyes. Here a pair is nearly equal if it
    is nearer than any two of n real pictures, copies aside.

    Args:
        generated, real: arrays (n, ...), (m, ...); the first min(n, m) are used.

    Returns:
        dict: "pairs" (int, nearly equal pairs), "support" (float, the estimate of N;
        infinite if there is no such pair), "distance" (float, nearer pairs count).
    """
    n = min(len(generated), len(real))
    generated, real = _vectors(generated[:n], real[:n])
    between = _nearest(real, real, 2)[:, 1]
    distance = float(between.min(where=between > ROUNDING, initial=np.inf))

    def near(chunk, start):
        rows = np.arange(start, start + len(chunk))[:, None]
        return int(((chunk < distance) & (np.arange(n) > rows)).sum())

    pairs = sum(_chunks_with_start(generated, near))
    support = n * (n - 1) / 2 / pairs if pairs else float("inf")
    return {"pairs": pairs, "support": support, "distance": distance}


def _chunks_with_start(points, count):
    start = 0
    for chunk in pairwise_distances_chunked(points):
        yield count(chunk, start)
        start += len(chunk)


def copied_share(generated, training, held_out, level=0.01):
    """The share of samples that are suspiciously near to a training picture.

    A sample is suspicious if it is as near as the nearest `level` of the held-out real
    pictures. Held-out pictures that are also in the training set don't count. A
    generator that remembers nothing scores about `level`.

    Args:
        generated, training, held_out: arrays (n, ...).
        level: float in (0, 1), the floor.

    Returns:
        float in [0, 1].
    """
    generated, training, held_out = _vectors(generated, training, held_out)
    distances = _nearest(held_out, training)
    distances = distances[distances > ROUNDING]
    suspicious = np.quantile(distances, level) if len(distances) else ROUNDING
    return float(np.mean(_nearest(generated, training) <= suspicious))
