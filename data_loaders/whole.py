"""Files and folders that are whole or absent, whenever a process is killed or a disk is full."""
import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

NEW = ".keras-gan-new-"       # how the names of unfinished folders begin
A_DAY = 86_400                # seconds


def write_whole(path, data):
    """Write bytes beside a file and move them into its place: it is the old file, or the new one, and never a part of it.

    Raises:
        OSError: if it can't be written; the old file is untouched then.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(data)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


@contextlib.contextmanager
def whole_folder(path, replace=True):
    """Fill a folder beside its place and move it there when the block ends.

    Args:
        path: of the folder.
        replace: bool, what happens to a folder that is there by then. True: it is moved aside and deleted; a process that is killed between
            these two moves leaves it aside, and `put_back` brings it back. False: it stays, and the new one is dropped.

    Yields:
        Path of an empty folder to write into.

    Raises:
        OSError: if it can't be written or moved; what was there before is there still.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{NEW}*"):                  # of a process that was killed
        if time.time() - left.stat().st_mtime > A_DAY:
            shutil.rmtree(left, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(prefix=NEW, dir=path.parent))
    try:
        yield beside
        beside.chmod(0o755)
        put_back(path)
        if replace and path.exists():
            os.replace(path, _aside(path))
        try:
            os.replace(beside, path)
        except OSError:
            put_back(path)
            if replace or not path.exists():
                raise
        put_back(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def put_back(path):
    """Put the folder `path` back where a process was killed while it replaced it; where it is there, delete what lies aside."""
    path = Path(path)
    if path.exists():
        shutil.rmtree(_aside(path), ignore_errors=True)
    elif _aside(path).exists():
        os.replace(_aside(path), path)


def discard(path):
    """Delete a folder, at once for everybody who looks."""
    gone = Path(tempfile.mkdtemp(prefix=NEW, dir=Path(path).parent))
    os.replace(path, gone / "folder")
    shutil.rmtree(gone, ignore_errors=True)


def _aside(path):
    return path.with_name(f".keras-gan-old-{path.name}")
