"""The Parzen-window log-likelihood, by the protocol of 2014."""
import numpy as np
from scipy.special import logsumexp

SIGMAS = np.logspace(-1, 0, 10)


def log_likelihood(pictures, samples, sigma):
    """log p of each picture under a Parzen window on the samples.

    The window is a mixture of normal distributions of width sigma, one around each
    sample.

    Args:
        pictures: (n, ...) pixels in [0, 1].
        samples: (m, ...) likewise.
        sigma: float > 0, in units of pixels.

    Returns:
        float64 array (n,), in nats.
    """
    x, s = (np.asarray(p, "float32").reshape(len(p), -1) for p in (pictures, samples))
    d = x.shape[1]
    squares = (s * s).sum(axis=1)
    result = []
    for i in range(0, len(x), 500):                    # (500, m) distances at once
        part = x[i:i + 500]
        distances = (part * part).sum(axis=1)[:, None] + squares - 2 * part @ s.T
        distances = np.maximum(distances, 0).astype("float64")
        result.append(logsumexp(-distances / (2 * sigma ** 2), axis=1))
    return np.concatenate(result) - np.log(len(s)) - 0.5 * d * np.log(2 * np.pi * sigma ** 2)


def parzen_log_likelihood(samples, test, validation):
    """Mean log-likelihood of test pictures under a Parzen window on generated samples.

    Ian Goodfellow et al., 2014, arXiv:1406.2661, section 5: sigma is the one of
    logspace(-1, 0, 10) that is best on the validation pictures. The instrument prefers
    blurred samples (k-means centres score better than real digits), and it does not see
    many faults. It is here because the papers of those years report it.

    Args:
        samples: generated pictures (m, ...), pixels in [0, 1].
        test, validation: real pictures, likewise.

    Returns:
        dict: "nats" (mean over the test pictures), "standard_error", "sigma".
    """
    sigma = max(SIGMAS, key=lambda s: log_likelihood(validation, samples, s).mean())
    nats = log_likelihood(test, samples, sigma)
    standard_error = float(nats.std() / np.sqrt(len(nats)))
    return {"nats": float(nats.mean()), "standard_error": standard_error, "sigma": float(sigma)}
