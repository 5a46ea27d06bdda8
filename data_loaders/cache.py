"""The user's cache folder. Nothing is ever written beside somebody's pictures."""
import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import platformdirs


def cache_folder():
    """The folder for decoded pictures and drawn scenes: `KERAS_GAN_CACHE`, or the system's place for caches."""
    return Path(os.environ.get("KERAS_GAN_CACHE") or platformdirs.user_cache_dir("keras-gan"))


@contextlib.contextmanager
def new_entry(path):
    """Fill a cache folder beside its place and move it there when the block ends: it is whole or absent.

    Yields:
        Path of an empty folder to write into.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(".new-*"):                   # of a process that died a day ago
        if time.time() - left.stat().st_mtime > 86_400:
            shutil.rmtree(left, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(prefix=".new-", dir=path.parent))
    try:
        yield beside
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):                    # another process was faster: its entry is as good
            os.replace(beside, path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
