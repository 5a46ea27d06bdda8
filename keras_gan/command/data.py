"""The data of a command: as flags name them, or as a run has noted them."""
import inspect

OF_LOADING = ("fit", "background", "folder")         # flags of load_data and of load_domains
HOW_PICTURES_ARE_READ = ("fit", "background", "white", "black")  # of any folder, also a moved one


def load(source, img_shape):
    """Load data again.

    Args:
        source: dict, arguments of `load_data`, or of `load_domains` if there is an "a".
        img_shape: (height, width, channels).
    """
    from data_loaders import load_data, load_domains
    loader = load_domains if "a" in source else load_data
    return loader(img_shape=img_shape, **arguments(source, loader))


def arguments(source, loader=None):
    """What `config.json` says about the data, as arguments of their loader."""
    from data_loaders import load_data
    known = inspect.signature(loader or load_data).parameters.keys() - {"img_shape"}
    return {name: value for name, value in source.items() if name in known}
