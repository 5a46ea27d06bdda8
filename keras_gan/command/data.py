"""The data of a command: as flags name them, or as a run has noted them."""
import inspect
import warnings
from pathlib import Path

# Flags of load_data and of load_domains, and those of load_data alone
OF_LOADING = ("fit", "background", "split", "folder", "white", "black")
OF_LABELS = ("labels", "attribute")


def load(source, img_shape):
    """Load data again.

    Args:
        source: dict, arguments of `load_data`, or of `load_domains` if there is an "a".
        img_shape: (height, width, channels).
    """
    from data_loaders import load_data, load_domains
    loader = load_domains if "a" in source else load_data
    return loader(img_shape=img_shape, **arguments(source, loader))


def load_to_print(source, img_shape):
    """The same, where the data are printed: they name what was left out, once."""
    from data_loaders.image_folder import LeftOut
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeftOut)
        return load(source, img_shape)


def load_for(config, img_shape, class_names=()):
    """Load the data of a run as it was trained on them.

    Runs of keras_gan 0.2 read train/ and test/ in a folder as classes, and sorted
    classes as text: 1, 10, 2.

    Args:
        config: dict, what the run's `config.json` says.
        img_shape: (height, width, channels).
        class_names: list of str, of the run's model. The data get these numbers.
    """
    source, seen = config["source"], config["training"].get("data", {})
    wanted = [part.get("images") for part in ((seen.get("a", {}), seen.get("b", {}))
                                              if "a" in source else (seen,))]
    data = load(source, img_shape)
    if None not in wanted and sizes(data) != wanted and source.get("split") == "train":
        try:
            as_before = load({**source, "split": "all"}, img_shape)
        except ValueError:                               # of a data set by name
            as_before = data
        data = as_before if sizes(as_before) == wanted else data
    if class_names and data.class_names != list(class_names) and (
            set(data.class_names or ()) == set(class_names)):
        data = data.numbered_as(class_names)
    return data


def load_again(command, config, img_shape, class_names):
    """As `load_for`. Where the data were, say how to name their new place.

    `command`: str, what was asked for, "resume runs/gan-1" say; "" where the place was
    named just now.
    """
    try:
        return load_for(config, img_shape, class_names)
    except FileNotFoundError as error:
        places = [Path(config["source"][name]) for name in ("source", "a", "b")
                  if name in config["source"]]
        if not command or not any(p.is_absolute() and not p.exists() for p in places):
            raise                                        # another file that isn't there
        flags = "--data FOLDER --data-b FOLDER" if "a" in config["source"] else "--data FOLDER"
        raise FileNotFoundError(f"{error} If the data of this run have moved: keras-gan {command} "
                                f"{flags}") from None


def sizes(data):
    """How many pictures there are: a list, of one number or of that of each domain."""
    return [len(data.a), len(data.b)] if hasattr(data, "b") else [len(data)]


def how_pictures_are_read(source, data):
    """How to read other pictures as those of a run were read: arguments of `load_data`.

    Args:
        source: dict, what the run has noted of its data, or None.
        data: where the others are.
    """
    from data_loaders.datasets import NAMES
    if str(data).lower().endswith(".npy"):               # an array is taken as it is
        return {}
    names = ("fit", "background") if data in NAMES else ("fit", "background", "white", "black")
    return {name: value for name, value in (source or {}).items() if name in names}


def arguments(source, loader=None):
    """What `config.json` says about the data, as arguments of their loader."""
    from data_loaders import load_data
    known = inspect.signature(loader or load_data).parameters.keys() - {"img_shape"}
    return {name: value for name, value in source.items() if name in known}
