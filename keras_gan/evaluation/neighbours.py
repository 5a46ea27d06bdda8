"""Instruments that look at nearest neighbours.

They tell how many samples are good, what is missing, what was made twice and what was
copied. All take arrays (n, ...) and flatten them to vectors; features say more than
pixels. Distances are Euclidean.
"""
import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from keras_gan.evaluation.distances import check_range

EQUAL = 1e-5                  # of the longest vector: equal ones can seem this far apart
TIE = 1e-7                    # of a distance: so much it can differ, computed in two ways
MEGABYTES = 128               # of distances that are computed at once


def _vectors(least=1, **clouds):
    """Arrays (n, ...) as float32 vectors (n, d).

    Raises:
        ValueError: unless all have at least `least` vectors of the same d, finite and
            in one range.
    """
    check_range(**clouds)
    shapes = {name: np.shape(cloud) for name, cloud in clouds.items()}
    received = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    if any(len(shape) < 2 for shape in shapes.values()) or len(
            {shape[1:] for shape in shapes.values()}) > 1:
        raise ValueError("There must be arrays (n, ...) that differ in n alone. "
                         f"Received: {received}")
    if any(shape[0] < least for shape in shapes.values()):
        raise ValueError(f"There must be at least {least} of each. Received: {received}")
    vectors = [np.asarray(cloud, "float32").reshape(len(cloud), -1) for cloud in clouds.values()]
    for name, cloud in zip(clouds, vectors):
        if not np.isfinite(cloud).all():
            raise ValueError(f"{name} holds numbers that aren't finite")
    return vectors


def _nearest(points, others, n=1):
    """Distances (len(points), n) to the nearest of `others`."""
    return NearestNeighbors(n_neighbors=n, algorithm="brute").fit(others).kneighbors(points)[0]


def _equal(*clouds):
    """The distance up to which two vectors count as equal.

    Of equal vectors scikit-learn gives distances of 1e-8 times their length, and
    features of one picture differ by 1e-6 of it between batches.
    """
    squares = [np.einsum("ij,ij->i", cloud, cloud, dtype="float64").max() for cloud in clouds]
    return EQUAL * float(np.sqrt(max(squares)))


def precision(generated, real, neighbours=3):
    """How many samples look real: the share in the manifold of the real ones.

    Tuomas Kynkäänniemi et al., 2019, arXiv:1904.06991, equation 1: the manifold of a
    cloud is the union of balls around its points. Each ball reaches to the point's
    third neighbour.

    Args:
        generated, real: arrays (n, ...), (m, ...), more than `neighbours` each.
        neighbours: int.

    Returns:
        float in [0, 1]; 1 for a cloud and itself.

    Raises:
        ValueError: if there are too few, or values that aren't finite.
    """
    if min(len(generated), len(real)) <= neighbours:
        raise ValueError(f"There must be more than neighbours={neighbours} of each. "
                         f"Received: {len(generated)} and {len(real)}")
    points, cloud = _vectors(generated=generated, real=real)
    radii = _nearest(cloud, cloud, neighbours + 1)[:, -1]     # the nearest is the point itself
    # Of a point with copies the radius is 0, and so is the distance of a copy. Both are
    # rounded, in two ways
    radii = np.maximum(radii * (1 + TIE), _equal(points, cloud))
    inside = [(d <= radii).any(axis=1)
              for d in pairwise_distances_chunked(points, cloud, working_memory=MEGABYTES)]
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
    samples, test = _vectors(samples=samples, test=test)
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

    Raises:
        ValueError: if there are fewer than two, or all real ones are equal.
    """
    n = min(len(generated), len(real))
    generated, real = _vectors(2, generated=generated[:n], real=real[:n])
    equal = _equal(real)
    between = _nearest(real, real, 2)[:, 1]
    different = np.unique(real, axis=0)
    if not (between > equal).any() and len(different) > 1:    # each has a copy
        between = _nearest(different, different, 2)[:, 1]
    distance = float(between.min(where=between > equal, initial=np.inf))
    if not np.isfinite(distance):
        raise ValueError("All real pictures are equal, so that nobody can say which distance is "
                         "small for them.")

    def near(chunk, start):
        rows = np.arange(start, start + len(chunk))[:, None]
        return int(((chunk < distance) & (np.arange(n) > rows)).sum())

    pairs = sum(_chunks_with_start(generated, near))
    support = n * (n - 1) / 2 / pairs if pairs else float("inf")
    return {"pairs": pairs, "support": support, "distance": distance}


def _chunks_with_start(points, count):
    start = 0
    for chunk in pairwise_distances_chunked(points, working_memory=MEGABYTES):
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
    generated, training, held_out = _vectors(generated=generated, training=training,
                                             held_out=held_out)
    distances = _nearest(held_out, training)
    equal = _equal(training, held_out)
    distances = distances[distances > equal]
    suspicious = np.quantile(distances, level) if len(distances) else equal
    return float(np.mean(_nearest(generated, training) <= suspicious))
