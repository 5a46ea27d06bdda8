"""The user's cache folder. Nothing is ever written beside the user's pictures."""
import os
from pathlib import Path

import platformdirs


def cache_folder():
    """The folder for decoded pictures and drawn scenes.

    `KERAS_GAN_CACHE` names it. By default it is where the system keeps caches.
    """
    return Path(os.environ.get("KERAS_GAN_CACHE") or platformdirs.user_cache_dir("keras-gan"))
