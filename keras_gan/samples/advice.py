"""Lines of code that mend what the checks refuse."""
import math

WHITES = (255, 1023, 4095, 16383, 65535, 2 ** 32 - 1)     # of 8, 10, 12, 14, 16 and 32 bits
NEARLY = 0.01                 # how far beyond their range rounded or resized pictures reach
LINES_OF_TENSORS = {          # lines of the advice, as tensors take them
    "images.transpose(0, 2, 3, 1)": "keras.ops.transpose(images, (0, 2, 3, 1))",
    "images.transpose(0, 2, 1, 3)": "keras.ops.transpose(images, (0, 2, 1, 3))",
    "images.clip(-1, 1)": "keras.ops.clip(images, -1, 1)",
    "images.clip(0, 1)": "keras.ops.clip(images, 0, 1)",
    "images.astype('uint8')": "keras.ops.cast(images, 'uint8')",
    "images.repeat(3, axis=-1)": "keras.ops.repeat(images, 3, axis=-1)",
}


def advice_on_shape(name, shape, wanted, dtype="float32"):
    """The line that makes an array of another shape fit, or what else to do.

    Args:
        name: str, of the array.
        shape: of the array.
        wanted: (height, width, channels), (length, channels) or (dimensions,) of one
            sample.
        dtype: str, of the array.
    """
    wanted = tuple(wanted)
    line = advice_on_line(name, shape, wanted, dtype)
    if shape == wanted:
        return f"numpy.stack(...) makes one array of many. {line}"
    if line:
        return line
    if shape[:1] == (0,):
        return "It is empty."
    advice = "Build the model with img_shape"
    if len(wanted) == 3:
        fits = len(shape) == 4 and all(shape)
        if fits and shape[1] in (1, 3, 4) and shape[3] > 4:
            return f"{advice}={(*shape[2:], shape[1])}, and take {name}.transpose(0, 2, 3, 1)."
        size = str(shape[1:]) if fits else "(height, width, channels) of the data"
        return (f"{advice}={size}, or resize the data "
                "(data_loaders.load_data(folder, img_shape=...) does).")
    size = shape[1:] if len(shape) == len(wanted) + 1 and all(shape) else "the data's"
    return f"{advice}={size}."


def advice_on_line(name, shape, wanted, dtype="float32"):
    """The line that makes an array of another shape fit; "" if there is none."""
    return next((f"{line} has shape (N, {', '.join(map(str, wanted))})."
                 for line, made in lines_on_shape(name, shape, wanted, dtype)
                 if made[1:] == wanted and made[0]), "")


def lines_on_shape(name, shape, wanted, dtype):
    """Lines that change a shape, each with the shape that it makes: (str, tuple)."""
    ways = [(name, shape)]
    if len(shape) == len(wanted) + 1 >= 3:
        axes = (0, *range(2, len(shape)), 1)                    # channels first
        ways.append((f"{name}.transpose{axes}", tuple(shape[axis] for axis in axes)))
    if len(shape) == 4:
        ways.append((f"{name}.transpose(0, 2, 1, 3)", (shape[0], shape[2], shape[1], shape[3])))
    for line, made in ways:
        yield line, made
        if made[-1:] == (1,):
            yield f"{line}.repeat({wanted[-1]}, axis=-1)", (*made[:-1], wanted[-1])
        if len(wanted) == 3 and made[-1:] > wanted[-1:] and (made[-1], wanted[-1]) != (3, 1):
            yield f"{line}[..., :{wanted[-1]}]", (*made[:-1], wanted[-1])
        if len(wanted) == 3 and made[-1:] == (3,):
            whole = f".astype('{dtype}')" if dtype == "uint8" else ""
            yield f"{line}.mean(axis=-1, keepdims=True){whole}", (*made[:-1], 1)
    yield f"{name}[..., None]", (*shape, 1)
    yield f"{name}[None]", (1, *shape)
    yield f"{name}[None, ..., None]", (1, *shape, 1)
    yield f"{name}[..., None].repeat({wanted[-1]}, axis=-1)", (*shape, wanted[-1])
    if len(shape) == 2:
        yield f"{name}.T", shape[::-1]
    if shape and len(shape) != len(wanted) + 1 and math.prod(shape[1:]) == math.prod(wanted):
        yield f"{name}.reshape{(-1, *wanted)}", (*shape[:1], *wanted)


def advice_on_range(low, high):
    """What to do with pictures that are neither uint8 nor float in [-1, 1], as a line.

    Args:
        low, high: the lowest and the highest value in them, floats.
    """
    if low >= 0:
        white = next((white for white in WHITES if high <= white), high)
        if high <= 1 + NEARLY:
            if high > 1:
                return "images.clip(0, 1) * 2 - 1, if 0 is black and 1 is white."
            return "images.astype('uint8') * 255, if 1 (or True) is white."
        if white == 255 and high < 128:
            return (f"images.astype('uint8') if 255 is white, images / {high:g} * 2 - 1 if "
                    f"{high:g} is.")
        if white == 255:
            return "images.astype('uint8'), if they are 0..255."
        return f"images / {white:g} * 2 - 1, if {white:g} is white; or divide by your white."
    if low >= -1 - NEARLY and high <= 1 + NEARLY:
        of_0_to_1 = low >= -NEARLY and high > 0.5
        return "images.clip(0, 1) * 2 - 1." if of_0_to_1 else "images.clip(-1, 1)."
    if low > -20 and 100 < high < 275:
        return "images.clip(0, 255).astype('uint8'), if they are 0..255 and a little beyond."
    return (f"(images - {low:.8g}) / {(high - low) / 2:.8g} - 1 makes the lowest value black and "
            "the highest white.")


def of_tensors(text):
    """An advice for arrays as one for `dataset.map`: tensors have other methods."""
    for of_arrays, as_tensors in LINES_OF_TENSORS.items():
        text = text.replace(of_arrays, as_tensors)
    return f"{text} In the Dataset: dataset.map(lambda images: ...)."
