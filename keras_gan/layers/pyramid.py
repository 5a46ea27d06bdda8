"""The Laplacian pyramid: a picture as a small picture and bands.

Peter Burt, Edward Adelson, 1983, "The Laplacian pyramid as a compact image code". A
picture is halved again and again. What a halving loses is a band: the picture less its
low-pass, which is the smaller picture, enlarged. Small picture and bands, added up from
coarse to fine, are the picture, whatever the two filters are. Here they are the mean of
2x2 pixels, and bilinear.
"""
from keras import ops


def pyramid_shapes(img_shape, smallest):
    """The shapes (height, width, channels) of the pictures, from fine to coarse.

    The sides are halved, rounded up: at least once, and then as long as the shorter one
    is at least `smallest` afterwards.
    """
    (*sides, channels), shapes = img_shape, [tuple(img_shape)]
    while len(shapes) < 2 or -(-min(sides) // 2) >= smallest:
        sides = [-(-side // 2) for side in sides]
        shapes.append((*sides, channels))
    return shapes


def pyramid(images, shapes):
    """The pictures of all levels with their low-passes, in the order of `shapes`.

    Args:
        images: (batch, height, width, channels), a tensor or `keras.KerasTensor`.
        shapes: what `pyramid_shapes` says.

    Returns:
        [[I_0, l_0], [I_1, l_1], ..., [I_K]]. The bands are I_k - l_k.
    """
    levels = []
    for shape in shapes[:-1]:
        smaller = halved(images)
        levels.append([images, enlarged(smaller, shape)])
        images = smaller
    return [*levels, [images]]


def halved(images, times=1):
    """The mean of 2x2 pixels, or of those that are there. Sides are rounded up."""
    for _ in range(times):
        images = ops.average_pool(images, 2, 2, "same", data_format="channels_last")
    return images


def enlarged(images, shape):
    """Pictures (batch, h, w, channels) in the size of `shape` (height, width,
    channels), bilinear."""
    return ops.image.resize(images, shape[:2], "bilinear", data_format="channels_last")
