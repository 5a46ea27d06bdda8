"""Which files there are: below a folder, or in a zip archive."""
import os
from pathlib import Path

from data_loaders.archive import open_archive
from data_loaders.formats import read_bytes

AGAIN = "a link to a folder that is read already, or that this one lies in"


class FilesBelow:
    """The files below a folder.

    Links to folders are followed, but no folder is read twice, and no folder in which
    this one lies. Hidden files are passed over.

    Args:
        path: of the folder.

    Attributes:
        path: of the folder.
        above: what names of files may begin with: the folder.
        names: sorted list of str, paths of the files below it.
        refused: dict, a path below it -> why it isn't read.
        empty: list of str, folders without a file.

    An `Archive` has the same attributes, and the same methods.
    """

    def __init__(self, path):
        self.path = self.above = Path(path)
        self.names, self.refused, self.empty = [], {}, []
        top = Path(os.path.realpath(path))
        seen = {top}
        for here, folders, files in os.walk(path, followlinks=True, onerror=self._note):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in list(folders):
                folder = Path(here) / name
                real = Path(os.path.realpath(folder))
                overlaps = real.is_relative_to(top) or top.is_relative_to(real)
                if real in seen or (folder.is_symlink() and overlaps):
                    folders.remove(name)
                    self.refused[self._below(folder)] = AGAIN
                else:
                    seen.add(real)
            # Of 100,000 files a Path each would take longer than all else
            before = self._below(Path(here) / "_")[:-1]
            self.names += [before + f for f in files if not f.startswith(".")]
            self.empty += [] if folders or files else [self._below(here)]
        self.names.sort()

    def _note(self, error):
        self.refused[self._below(error.filename)] = f"can't be read: {error.strerror}"

    def _below(self, path):
        return Path(path).relative_to(self.path).as_posix()

    def has(self, name):
        """Whether there is such a file."""
        return (self.path / name).is_file()

    def stamp(self, name):
        """What changes when a file does: its size and its time, or Nones."""
        try:
            stat = os.stat(f"{self.path}/{name}")
        except OSError:                             # a dangling link: to read it will say so
            return None, None
        return stat.st_size, stat.st_mtime_ns

    def read(self, name):
        """The bytes of a file."""
        return (self.path / name).read_bytes()

    def read_picture(self, name):
        """The bytes of a file that begins like a picture.

        Raises:
            NotAPicture: if it begins otherwise.
            OSError: if it can't be read.
        """
        return read_bytes(self.path / name)

    def close(self):
        """Nothing is open."""


def open_files(path):
    """The `FilesBelow` a folder, or the `Archive` at a path.

    Raises:
        FileNotFoundError: if there is neither.
        ValueError: if it is another file, or a damaged archive.
    """
    path = Path(path)
    archive = open_archive(path)
    if archive is None and not path.is_dir():
        raise FileNotFoundError(f"No folder {path.resolve()}. Give a folder of pictures "
                                "(JPEG, PNG, WebP, BMP, TIFF, GIF), sub-folders allowed.")
    return FilesBelow(path) if archive is None else archive
