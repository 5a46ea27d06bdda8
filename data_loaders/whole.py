"""Files and folders that are whole or absent, and never in part.

That holds when a process is killed, when the power fails and when a disk is full.
"""
import contextlib
import errno
import os
import shutil
import tempfile
import time
from pathlib import Path

NEW = ".keras-gan-new-"       # how the names of unfinished folders begin
OLD = ".keras-gan-old-"       # how the names of folders begin that are being replaced
A_DAY = 86_400                # seconds


def write_whole(path, data):
    """Write bytes beside a file, then move them into its place.

    Whoever reads the file finds the old one or the new one, and never a part.

    Raises:
        OSError: if it can't be written. The old file is then untouched.
    """
    path = Path(os.path.abspath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        _sync(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


@contextlib.contextmanager
def whole_folder(path, replace=True):
    """Fill a folder beside its place, and move it there when the block ends.

    Args:
        path: of the folder.
        replace: bool, what happens to a folder that is there by then. True: it is moved
            aside, the new one moves in, and the old one is deleted. A process that is
            killed between the two moves leaves the old one aside, see `there` and
            `put_back`. False: the old one stays, and the new one is dropped.

    Yields:
        Path of an empty folder to write into.

    Raises:
        OSError: if it can't be written or moved. What was there before is still there.
    """
    path = Path(os.path.abspath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{NEW}*"):                  # by a process that was killed
        with contextlib.suppress(FileNotFoundError):
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
        _sync(path.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def there(path):
    """Where to read the folder `path`, without a change on the disk.

    That is `path`, or, where a process was killed while it replaced `path`, the old
    folder, which lies aside.
    """
    path = Path(os.path.abspath(path))
    return _aside(path) if _aside(path).exists() and not path.exists() else path


def put_back(path):
    """Put the folder `path` back if a process was killed while it replaced it.

    If `path` is there, what lies aside is deleted.
    """
    path = Path(os.path.abspath(path))
    if path.exists():
        shutil.rmtree(_aside(path), ignore_errors=True)
    elif _aside(path).exists():
        os.replace(_aside(path), path)


def discard(path):
    """Delete a folder. For everybody who looks it is gone at once, and as a whole."""
    gone = Path(tempfile.mkdtemp(prefix=NEW, dir=Path(path).parent))
    os.replace(path, gone / "folder")
    shutil.rmtree(gone, ignore_errors=True)


def tidy_up(folder):
    """Delete what killed processes left unfinished, and put back what they replaced.

    Only for a folder that nobody else writes in.
    """
    for left in Path(folder).glob(f"{NEW}*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in Path(folder).glob(f"{OLD}*"):
        put_back(left.with_name(left.name.removeprefix(OLD)))


def reserve(folder, size):
    """Raise `OSError` unless a file of `size` bytes can be written in a folder.

    A full disk, a quota or a limit of the system may stand against it.
    """
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    if hasattr(os, "posix_fallocate"):
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, size)


def _aside(path):
    return path.with_name(f"{OLD}{path.name}")


def _sync(folder):
    """Write the names in a folder to the disk. (Windows can't, and needn't.)"""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
