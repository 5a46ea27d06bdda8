"""The user's cache folder. Nothing is ever written beside the user's pictures."""
import contextlib
import os
import shutil
import time
from pathlib import Path

import platformdirs

from data_loaders.whole import whole_folder

UNUSED = 90 * 86_400          # seconds, after which decoded pictures are deleted


def cache_folder():
    """The folder for decoded pictures, drawn scenes and taught judges.

    `KERAS_GAN_CACHE` names it. By default it is where the system keeps caches.
    """
    return Path(os.environ.get("KERAS_GAN_CACHE") or platformdirs.user_cache_dir("keras-gan"))


@contextlib.contextmanager
def into_cache(path):
    """Fill a folder of the cache, as `whole_folder` does, unless it is there already.

    Args:
        path: of the folder, below `cache_folder()`.

    Yields:
        Path of an empty folder to write into.

    Raises:
        OSError: if it can't be written. The message names the cache folder, and
            `KERAS_GAN_CACHE`, which names another one.
    """
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(path, replace=False) as beside:
            yield beside
    except OSError as error:
        if str(cache_folder()) not in str(error.filename):     # of a picture, or a full disk
            raise
        raise OSError(error.errno, f"The cache folder {cache_folder()} can't be written "
                      f"({error.strerror}). The environment variable KERAS_GAN_CACHE names "
                      "another one") from error


def note_use(entry):
    """Note in an entry of the cache that it is used now."""
    with contextlib.suppress(OSError):                      # a cache that can only be read
        os.utime(entry / "report.json")


def forget_unused(folder):
    """Delete what nobody has used for 90 days: of folders that are gone, or that other
    arguments or versions have read."""
    for report in folder.glob("*/*/report.json"):
        with contextlib.suppress(OSError):                  # another process deletes it, too
            if time.time() - report.stat().st_mtime > UNUSED:
                shutil.rmtree(report.parent, ignore_errors=True)
                report.parents[1].rmdir()                   # if it is empty
