"""What names of files and folders say: order, splits, and what may be a picture."""
import dataclasses
import functools
import itertools
import mimetypes
import os
import re
import reprlib

from data_loaders.formats import NOT_READ, SUFFIXES

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test",
          "val": "val", "valid": "val", "validation": "val", "dev": "val", "eval": "val"}
ENDING = re.compile(r"[ _.-]?(set|split|data|images?|imgs?|pictures)$")     # train_set, test-images
PAIR = re.compile("(train|test|val)_?[AB]")              # of two domains
MEDIA_TYPES = mimetypes.MimeTypes()    # without those of the system, which differ
PICTURES = (*SUFFIXES, *itertools.chain(*NOT_READ.values()))


def shown(name):
    """A file name as text that can be printed, whatever its bytes are."""
    return os.fsencode(name).decode("utf-8", "replace")


def some(names, most=5):
    """The first few names as text: "a.png, b.png and 7 more"."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown(name) for name in names[:most]) + more


def brief(value):
    """What somebody gave, as text for a message: never longer than a line."""
    if hasattr(value, "shape"):
        return f"an array of shape {tuple(value.shape)}"
    return reprlib.repr(value)


def suffix_of(name):
    """ ".png" of "cats/a.PNG"."""
    return os.path.splitext(name)[1].lower()


def called_picture(name):
    """Whether the suffix of a file says that it is a picture, readable or not."""
    return _of_pictures(suffix_of(name))


@functools.lru_cache(1000)
def _of_pictures(suffix):
    kind = MEDIA_TYPES.guess_type(f"a{suffix}", strict=False)[0] or ""
    return suffix in PICTURES or kind.startswith("image/")


def pictures_among(names):
    """Those of the files in a folder that may be pictures, by their names: a list.

    Suffixes of pictures say so. Where no file has one, the arrays (.npy) are taken for
    pictures, and where there is none, the files without a suffix.
    """
    return ([name for name in names if called_picture(name)]
            or [name for name in names if suffix_of(name) == ".npy"]
            or [name for name in names if not suffix_of(name)])


def is_number(name):
    """Whether a name is a number, such as "12", "-1" or "0.5"."""
    return NUMBER.fullmatch(name) is not None


def in_order(names):
    """Different names, sorted as people do: class 2 before class 10.

    Numbers go by their values, -1, 0.5, 2, 10, if all names are numbers. Otherwise
    digits in a name are a number, and all else is sorted as text.
    """
    names = set(names)
    if all(map(is_number, names)):
        return sorted(names, key=lambda name: (float(name), name))
    return sorted(names, key=_natural)


def _natural(name):
    # A run of digits is sorted among the letters as its first digit would be
    parts = re.findall("[0-9]+|[^0-9]", name)
    numbers = (part.lstrip("0") if part[0] in "0123456789" else None for part in parts)
    return [(ord("0"), len(n), n) if n is not None else (ord(part), 0, "")
            for part, n in zip(parts, numbers)], name


# --- splits ---------------------------------------------------------------------------

@dataclasses.dataclass
class Splits:
    """Which files are to train on, and which to test with.

    Attributes:
        files: dict, "train", "test", "val" -> list of paths.
        folders: dict, "train", "test", "val" -> name of its folder.
        level: int, where this folder stands in a path: 0 in train/cats/a.png, 1 in
            cats/train/a.png.
        beside: list of paths of pictures that lie beside the folders.
    """
    files: dict
    folders: dict
    level: int
    beside: list

    def without(self, path):
        """A path without the folder of the split: cats/a.png."""
        parts = path.split("/")
        return "/".join(parts[:self.level] + parts[self.level + 1:])


def split_named(folder):
    """ "train", "test", "val" or None: what the name of a folder says."""
    name = folder.casefold()
    return SPLITS.get(name) or SPLITS.get(ENDING.sub("", name))


def find_splits(paths):
    """Find folders of training and test pictures.

    They are train/ and test/ or val/ on the first level, all folders of that level with
    files that may be pictures being such; or the same in each folder of the first
    level. Only train/ is enough if all pictures lie in at least two folders in it.

    Args:
        paths: list of str, of files below a folder.

    Returns:
        `Splits`, or None; and a list of remarks, about folders that have such names
        and yet are read as classes.
    """
    folders = {path.rpartition("/")[0] for path in paths}
    if not any(split_named(name) or PAIR.fullmatch(name)
               for folder in folders for name in folder.split("/")[:2]):
        return None, []                                  # quick, as nearly all folders are
    pictures = pictures_among(paths)
    tops = {path.split("/")[0] for path in pictures if "/" in path}
    kinds = {top: split_named(top) for top in in_order(tops)}
    alone = _is_train_alone(kinds, pictures)
    beside = [path for path in pictures if "/" not in path]
    if _are_splits(list(kinds.values())) or (alone and not beside):
        return _splits(paths, pictures, 0), []
    if alone:
        train = shown(*tops)
        return None, [f"{train}/ is read as a class, because pictures lie beside it "
                      f"({some(beside, 3)}). If it holds the pictures to train on, give {train}/ "
                      "itself"]
    inner = {top: set() for top in tops}
    for top, folder, *file in (path.split("/", 2) for path in pictures if "/" in path):
        inner[top] |= {folder} if file else set()
    if inner and all(_are_splits(list(map(split_named, folders))) for folders in inner.values()):
        return _splits(paths, pictures, 1), []
    found = {kind: top for top, kind in kinds.items() if kind}
    if "train" in found and len(found) > 1:
        train = shown(found["train"])
        return None, [f"{some(f'{top}/' for top in kinds)} are read as classes. If {train}/ holds "
                      f"the pictures to train on, give {train}/ itself"]
    if tops and all(map(PAIR.fullmatch, tops)) and {"trainA", "trainB"} <= tops:
        return None, [f"{some(f'{top}/' for top in kinds)} look like two domains: "
                      "load_domains(.../trainA, .../trainB); here they are read as classes"]
    return None, []


def _are_splits(kinds):
    """Whether each folder is a split, none is there twice, and one of them is train."""
    return ("train" in kinds and len(kinds) > 1 and None not in kinds
            and len(set(kinds)) == len(kinds))


def _is_train_alone(kinds, pictures):
    if list(kinds.values()) != ["train"]:
        return False
    below = {tuple(path.split("/")[1:-1])[:1] for path in pictures if "/" in path}
    return () not in below and len(below) > 1


def _splits(paths, pictures, level):
    files, folders = {}, {}
    for path in paths:
        parts = path.split("/")
        kind = split_named(parts[level]) if len(parts) > level + 1 else None
        if kind:
            files.setdefault(kind, []).append(path)
            folders[kind] = parts[level]
    inside = set(itertools.chain(*files.values()))
    return Splits(files, folders, level, [path for path in pictures if path not in inside])
