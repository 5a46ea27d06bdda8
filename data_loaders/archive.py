"""A zip archive of pictures, read in place: nothing is unpacked to the disk."""
import itertools
import lzma
import stat
import threading
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from data_loaders.bands import NotAPicture
from data_loaders.formats import MAX_BYTES, check_beginning
from data_loaders.names import pictures_among, shown

OTHERS = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst")
DEFLATE = 1032                # deflate can't make more than so many bytes of one
LARGE = 2 ** 26               # bytes. Smaller entries may be as empty as they like: masks are
MAX_RATIO = 100               # of an entry's size to that in the archive, where it is large
ENCRYPTED, UTF_8 = 1, 0x800   # bits of an entry's flags
BESIDE = "beside {}, the only folder of pictures"
HEADER = 30                   # bytes before an entry's content, at least


class Archive:
    """The files in a zip archive, as those below a folder.

    Args:
        path: of the archive.

    Attributes:
        path: of the archive.
        above: what names of files may begin with: a folder of the archive's name.
        names: sorted list of str, paths of the files in it, without hidden ones. A
            single folder that holds all pictures is the root, as if it were the
            archive; `read` and `has` know the files beside it, too.
        refused: dict, a path in it -> why it isn't read.
        empty: list of str, folders without a file.

    Raises:
        ValueError: if it isn't one, is damaged, or declares to unpack to more than any
            archive of its size can hold.
    """

    def __init__(self, path):
        self.path, self._reading = Path(path), threading.Lock()
        self.above = self.path.with_suffix("")
        try:
            self._zip = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
            raise ValueError(f"{self.path} is no zip archive, or a damaged one "
                             f"({error}).") from None
        entries = self._zip.infolist()
        declared, size = sum(entry.file_size for entry in entries), self.path.stat().st_size
        if declared > DEFLATE * size:
            self._zip.close()
            raise ValueError(f"{self.path} declares to unpack to {declared:,} bytes, "
                             f"{declared // size:,} times its size. No archive of pictures does. "
                             "It was not read.")
        self._entries, self.refused, folders = {}, {}, set()
        overlapping = _overlapping(entries)
        for entry in entries:
            name = _name_of(entry).replace("\\", "/")        # some programs on Windows write those
            path = PurePosixPath(name).as_posix()
            if _is_hidden(path):
                continue
            if entry.is_dir() or name.endswith("/"):
                folders.add(path)
                continue
            reason = why_refused(entry, name)
            if entry.header_offset in overlapping:
                reason = "shares its bytes with another entry of the archive"
            if reason is None and path in self._entries:
                reason = "twice in the archive: the first one is used"
            if reason is None:
                self._entries[path] = entry
            else:
                self.refused[path] = reason
        pictures = pictures_among(self._entries) or list(self._entries)
        tops = {name.split("/")[0] for name in pictures}
        self.top = ""                                        # photos/ in photos/a.png, photos/b.png
        if len(tops) == 1 and all("/" in name for name in pictures):
            self.top = f"{tops.pop()}/"
        self.refused = {name.removeprefix(self.top): why for name, why in self.refused.items()}
        # A README, labels.csv
        self.beside = {name: entry for name, entry in self._entries.items()
                       if not name.startswith(self.top)}
        for name in self.beside:
            del self._entries[name]
            self.refused[name] = BESIDE.format(shown(self.top))
        used = {parent.as_posix() for name in self._entries
                for parent in PurePosixPath(name).parents}
        self.empty = sorted(name.removeprefix(self.top) for name in folders - used)
        self.names = sorted(name.removeprefix(self.top) for name in self._entries)
        self._stamp = (size, self.path.stat().st_mtime_ns)

    def has(self, name):
        """Whether a file is in it."""
        return self.top + name in self._entries or name in self.beside

    def stamp(self, name):
        """What changes when a file does: the archive's size and its time."""
        return self._stamp

    def read_picture(self, name):
        """The bytes of a file that begins like a picture.

        Raises:
            NotAPicture: if it begins otherwise, can't be unpacked, or isn't as long as
                it should.
        """
        return self.read(name, check_beginning)

    def read(self, name, check=lambda path, start: None):
        """The bytes of a file in it.

        Args:
            name: str, of the file.
            check: function of a path and of the first bytes, which raises if they
                aren't those of a picture.

        Raises:
            NotAPicture: if it can't be unpacked, or isn't as long as it should.
        """
        entry = self._entries.get(self.top + name) or self.beside[name]
        try:
            # One thread at a time reads the archive; decoding takes longer than this
            with self._reading, self._zip.open(entry) as file:
                start = file.read(64)
                check(PurePosixPath(name), start)            # the rest of a film isn't needed
                data = start + file.read(MAX_BYTES)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError,
                UnicodeDecodeError) as error:
            raise NotAPicture(name, f"broken in the archive ({error})") from None
        except (NotImplementedError, RuntimeError) as error:
            raise NotAPicture(name, f"can't be unpacked ({error})") from None
        if len(data) != entry.file_size:
            raise NotAPicture(name, "broken in the archive (not as long as it declares)")
        return data

    def close(self):
        """Close the file."""
        self._zip.close()


def open_archive(path):
    """The `Archive` at a path, or None for a folder.

    Raises:
        FileNotFoundError: if there is neither.
        ValueError: if it is another file.
    """
    path = Path(path)
    if path.suffix.lower() in OTHERS and path.is_file():
        raise ValueError(f"{path} is an archive of a kind that can't be read in place. Unpack it "
                         "and give the folder, or make a zip archive of it.")
    if path.is_file() and path.suffix.lower() != ".zip" and (
            path.suffix.lower() == ".npz" or not zipfile.is_zipfile(path)):
        arrays = path.suffix.lower() == ".npz"
        advice = (f"numpy.load({str(path)!r}) has its arrays by name: train takes one." if arrays
                  else "A single file of pictures can't be loaded.")
        raise ValueError("Give a folder of pictures, a zip archive of pictures, or the name of a "
                         f"data set. Received: the file {path}. {advice}")
    return Archive(path) if path.is_file() else None


def why_refused(entry, name):
    """Why an entry of an archive isn't read: str, or None if it is.

    Args:
        entry: `zipfile.ZipInfo`.
        name: str, its path, with slashes.
    """
    if name.startswith("/") or name[1:3] == ":/" or ".." in name.split("/"):
        return "its path leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link"
    if entry.flag_bits & ENCRYPTED:
        return "encrypted"
    if entry.file_size > MAX_BYTES:
        return f"too large: more than {MAX_BYTES // 2 ** 20} MiB"
    if entry.file_size > max(LARGE, MAX_RATIO * entry.compress_size):
        return f"unpacks to {entry.file_size // max(1, entry.compress_size):,} times its size"
    return None


def _name_of(entry):
    """The path of an entry. UTF-8 also where the archive doesn't say so, as on macOS.

    `zipfile` takes it for the letters of the first PC then: "ÚÉì" for three others.
    """
    if entry.flag_bits & UTF_8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _overlapping(entries):
    """Where entries begin that share bytes with the next or the one before."""
    entries = sorted(entries, key=lambda entry: entry.header_offset)
    pairs = ((a, b) for a, b in itertools.pairwise(entries)
             if a.header_offset + HEADER + len(a.filename) + a.compress_size > b.header_offset)
    return {entry.header_offset for pair in pairs for entry in pair}


def _is_hidden(path):
    return any(part == "__MACOSX" or (part.startswith(".") and part != "..")
               for part in path.split("/"))
