"""A decoded picture -> a picture of the shape that is asked for."""
import numbers

import cv2
import numpy as np

from data_loaders.names import brief

FITS = ("crop", "pad", "stretch")


def check_shape(img_shape, fit, background):
    """Check arguments of `read_image`; `img_shape` as a tuple, or `ValueError`."""
    if not _are_numbers(img_shape, numbers.Integral) or min(img_shape) < 1:
        side = img_shape if isinstance(img_shape, int) and img_shape > 0 else None
        raise ValueError("img_shape must be (height, width, channels), none below 1: 1 channel is "
                         "grey, 3 are RGB, 4 RGB and alpha. "
                         f"Received: img_shape={brief(img_shape)}"
                         + (f". Use img_shape=({side}, {side}, 3)" if side else ""))
    if not isinstance(fit, str) or fit not in FITS:
        raise ValueError(f"fit must be one of {', '.join(map(repr, FITS))}. "
                         f"Received: fit={brief(fit)}")
    if not _are_numbers(background, numbers.Real) or not all(0 <= n <= 255 for n in background):
        raise ValueError("background must be three numbers 0..255 (red, green, blue). "
                         f"Received: background={brief(background)}")
    return tuple(int(n) for n in img_shape)


def _are_numbers(three, kind):
    """Whether these are three numbers in a row."""
    given = three.tolist() if isinstance(three, np.ndarray) else three
    return isinstance(given, (tuple, list)) and len(given) == 3 and all(
        isinstance(n, kind) and not isinstance(n, bool) for n in given)


def resize(picture, img_shape, fit, background, alpha=True):
    """Bring a decoded picture to its shape.

    Args:
        picture: uint8 array (h, w, bands): RGB for 1 channel too, else as many bands as
            channels.
        img_shape, fit, background: see `read_image`.
        alpha: the last of 4 channels is alpha. Colours are weighed by it, so that what
            is hidden under transparent pixels doesn't shine through at their edges.

    Returns:
        uint8 array of shape `img_shape`.
    """
    height, width, channels = img_shape
    alpha = alpha and channels == 4
    h, w = picture.shape[:2]
    if fit == "crop":                   # cut the centre of the right proportions, then scale it
        scale = max(height / h, width / w)
        ch, cw = min(h, max(1, round(height / scale))), min(w, max(1, round(width / scale)))
        y, x = (h - ch) // 2, (w - cw) // 2
        picture = _scale(picture[y:y + ch, x:x + cw], height, width, alpha)
    elif fit == "pad":
        scale = min(height / h, width / w)
        inner = _scale(picture, min(height, max(1, round(h * scale))),
                       min(width, max(1, round(w * scale))), alpha)
        picture = np.zeros((height, width, inner.shape[2]), np.uint8)       # alpha 0, bands 0
        if channels in (1, 3) or alpha:
            picture[..., :3] = np.asarray(background, np.uint8)
        y, x = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
        picture[y:y + inner.shape[0], x:x + inner.shape[1]] = inner
    else:
        picture = _scale(picture, height, width, alpha)
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None] if channels == 1 else picture


def _scale(picture, height, width, alpha=False):
    if picture.shape[:2] == (height, width):
        return np.ascontiguousarray(picture)
    shrinks = height < picture.shape[0] or width < picture.shape[1]
    # INTER_AREA averages all pixels that fall on a new one: no jagged edges, no moiré
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    if alpha and picture[..., 3].min() < 255:
        weight = picture[..., 3:].astype(np.float32) / 255
        weighed = np.dstack([picture[..., :3] * weight, picture[..., 3:]])
        weighed = cv2.resize(weighed, (width, height), interpolation=how)
        weighed[..., :3] /= np.maximum(weighed[..., 3:], .5) / 255
        return np.rint(np.clip(weighed, 0, 255)).astype(np.uint8)
    if picture.shape[2] in (1, 3, 4):
        scaled = cv2.resize(picture, (width, height), interpolation=how)
        return scaled.reshape(height, width, -1)
    return np.dstack([cv2.resize(np.ascontiguousarray(picture[..., i]), (width, height),
                                 interpolation=how) for i in range(picture.shape[2])])
