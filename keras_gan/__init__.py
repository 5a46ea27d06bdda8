"""GANs in Keras, one readable class a paper: `from keras_gan import GAN, DCGAN`."""
import keras_gan.ctrl_c  # noqa: F401  first of all: what follows takes a moment
from keras_gan.papers import MODULES

_MODULES = {
    **MODULES,
    "audit": "players.audit", "as_player": "players.player",
    "Frozen": "layers.frozen", "Maxout": "layers.maxout", "UpSamplingConv2D": "layers.upsampling",
    "PictureConv2D": "layers.fused",
}
__all__ = list(_MODULES)


def __getattr__(name):
    # Lazy: help comes without TensorFlow, and `python -m keras_gan.dcgan` loads its
    # class once.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib
    return getattr(importlib.import_module(f"keras_gan.{_MODULES[name]}"), name)


def __dir__():
    return [*globals(), *__all__]
