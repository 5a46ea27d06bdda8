"""Labels from a table: CSV, a text in columns, or CelebA's list of attributes."""
import collections
import csv
import difflib
import io
import itertools
import os
from pathlib import Path

from data_loaders.names import called_picture, in_order, is_number, some

DELIMITERS = (",", ";", "\t", "|", None)                # None: one or more spaces
LOOKED_AT = 200               # lines, to find out what the table is like
YES_AND_NO = ({-1, 1}, {0, 1}, {1}, {0}, {-1})


class LabelsFile:
    """Which picture has which label.

    Args:
        data: bytes of the file.
        called: str, its name.
        files: list of str, paths of the pictures below a folder.
        folder: of the pictures. Names in the table may begin with it.
        attribute: str, the column of labels, by its name in the first row. None: there
            are two columns, a picture and its label.
        others: list of str, more pictures there that aren't wanted now, of another
            split for example. The table may name them.

    Attributes:
        labels: dict, path -> label, a str. Only of pictures that have one.
        order: list of str, all labels, in the order of their class numbers.
        remarks: list of str.

    Raises:
        ValueError: if it isn't such a table, or names none of the pictures.
    """

    def __init__(self, data, called, files, folder, attribute=None, others=()):
        self.called = called
        finder, others = Finder(files, folder), Finder(others, folder)
        lines = [line for line in _as_text(data, called).splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].strip().isdecimal():
            lines = lines[1:]                               # CelebA's begins with a number of rows
        rows, of_files = self._table(lines, finder)
        header = self._header(rows, of_files, finder)
        rows = rows[1:] if header else rows
        column = self._column(header, rows, of_files, attribute)
        values = [row[column].strip() for row in rows]
        self.order = in_order(set(values) - {""})
        if attribute is not None and _numbers(values) in YES_AND_NO:
            self.order = [f"not {header[column]}", header[column]]
            values = [value and self.order[float(value) > 0] for value in values]
        self._match([row[of_files].strip() for row in rows], values, finder, others)
        if not self.labels:
            named = some((row[of_files] for row in rows), 3)
            raise ValueError(f"{called} names no picture that is in {folder}"
                             f"{', except in other splits' * self.of_others}. It names {named}; "
                             f"there are {some(files, 3) or 'none'}.")

    def _table(self, lines, finder):
        """The rows, lists of str of one length, and which column names the files."""
        best = None
        for delimiter in DELIMITERS:
            try:
                some_rows = _split(lines[:LOOKED_AT], delimiter)
            except csv.Error:                               # a cell of 128 KiB
                continue
            widths = collections.Counter(map(len, some_rows))
            (width, often), = widths.most_common(1) or [(0, 0)]
            if width < 2 or often < 0.9 * len(some_rows) - 1:
                continue
            fitting = [row for row in some_rows if len(row) == width]
            found = [_how_many_files([row[i].strip() for row in fitting], finder)
                     for i in range(width)]
            if best is None or max(found) > best[0]:
                best = max(found), delimiter, width, found.index(max(found))
        if best is None:
            first = f"Its first line is {lines[0][:80]!r}" if lines else "It is empty"
            raise ValueError(f"{self.called} must be a table with a picture and its label in each "
                             "line, separated by a comma, a semicolon, a tab or spaces. "
                             f"{first}.")
        _, delimiter, width, of_files = best
        rows = self._all_rows(lines, delimiter)
        if delimiter is None and len(rows[0]) == width - 1:
            rows[0] = ["", *rows[0]]                        # CelebA's header doesn't name the files
        for number, row in enumerate(rows, 1):
            if len(row) != width:
                raise ValueError(f"Row {number} of {self.called} has {len(row)} columns, others "
                                 f"have {width}: {lines[number - 1][:80]!r}. A name with a comma "
                                 'or a space in it must stand in quotation marks: "a, b".')
        return rows, of_files

    def _all_rows(self, lines, delimiter):
        rows = []
        try:
            # A mark that isn't closed would make one label of all that follows it
            for row in _split(lines, delimiter, strict=True):
                rows.append(row)
        except csv.Error as error:
            read = sum(1 + "".join(row).count("\n") for row in rows)
            raise ValueError(f"{self.called} has a quotation mark that isn't closed, or that "
                             f"something follows, at or below {lines[read][:80]!r} ({error}). "
                             "Quotation marks stand around a whole cell; inside of it they are "
                             'doubled: "a ""b"" c".') from None
        return rows

    @staticmethod
    def _header(rows, of_files, finder):
        """The first row if it names columns, and else None."""
        cell, *others = (row[of_files].strip() for row in rows)
        is_file = finder.find(cell) is not None or called_picture(cell)
        # "image" is a header also beside image.png, where the others have suffixes, or
        # where image.png has a row of its own
        if is_file and not called_picture(cell) and others:
            is_file = not (called_picture(others[0]) or cell in others)
        return None if is_file else [name.strip() for name in rows[0]]

    def _column(self, header, rows, of_files, attribute):
        """Which column has the labels."""
        if not rows:
            raise ValueError(f"{self.called} has no row below its header.")
        columns = [i for i in range(len(rows[0])) if i != of_files]
        if attribute is None:
            count = [str(i) for i in range(len(rows))]
            if len(columns) > 1 and header:                 # pandas numbers the rows, nameless
                columns = [i for i in columns
                           if header[i] or [row[i].strip() for row in rows] != count]
            if len(columns) == 1:
                return columns[0]
            names = (some((header[i] for i in columns), 50) if header
                     else f"{len(rows[0])} without a name in the first row")
            raise ValueError(f"{self.called} has several columns: {names}. attribute=NAME "
                             "(--attribute NAME) says which one holds the labels.")
        if header is None:
            raise ValueError(f"{self.called} has no first row with names of columns, so there is "
                             f"no attribute to choose. Received: attribute={attribute!r}")
        if attribute not in header:
            near = difflib.get_close_matches(attribute, header, 1, 0.5)
            raise ValueError(f"{self.called} has no column {attribute!r}. "
                             + (f"Did you mean {near[0]!r}? " if near else "")
                             + f"Columns: {some((header[i] for i in columns), 50)}.")
        return header.index(attribute)

    def _match(self, names, values, finder, others):
        labels, absent, unclear, self.of_others = {}, [], [], False
        found = finder.find_all(names)
        if not any(found):                                  # all below a folder of another name
            prefix = _common_folder(names)
            names = [name.replace("\\", "/").removeprefix(prefix) for name in names]
            found = finder.find_all(names)
        for name, file, value in zip(names, found, values):
            if isinstance(file, tuple):
                unclear.append(name)
            elif file is None and others.find(name):
                self.of_others = True
            elif file is None:
                absent.append(name)
            elif value:
                labels.setdefault(file, set()).add(value)
        self.labels = {file: min(of_file) for file, of_file in labels.items() if len(of_file) == 1}
        self.several = [file for file, of_file in labels.items() if len(of_file) > 1]
        self.remarks = []
        if absent:
            self.remarks.append(f"{len(absent)} of {len(names)} files that {self.called} names "
                                f"are not there: {some(absent, 3)}")
        if unclear:
            self.remarks.append(f"{len(unclear)} of {len(names)} names in {self.called} fit "
                                f"several pictures, and were left out: {some(unclear, 3)}")
        if len(self.order) > max(20, len(self.labels) / 2):
            self.remarks.append(f"{len(self.order)} classes for {len(self.labels)} pictures: does "
                                f"this column of {self.called} hold classes?")


class Finder:
    """Finds a picture by what a table calls it.

    That is its path or the end of it, with or without suffix, in any case; or with
    another picture's suffix.

    Args:
        files: list of str, paths below a folder.
        folder: the folder.
    """

    def __init__(self, files, folder):
        self._above = Path(os.path.abspath(folder)).as_posix().casefold()
        self._files = {}
        for file in files:
            for name in {file.casefold(), _without_suffix(file.casefold())}:
                while name:
                    self._files.setdefault(name, []).append(file)
                    name = name.partition("/")[2]

    def find_all(self, names):
        """For each name `find`'s answer.

        No picture is taken for one with another suffix if its own name is there.
        """
        exact = [self._find(name) for name in names]
        taken = {file for file in exact if isinstance(file, str)}
        others = (file or self.find(name) for name, file in zip(names, exact))
        return [file if mine or file not in taken else None
                for mine, file in zip(exact, others)]

    def find(self, name):
        """The path of a picture; a tuple of paths if it may be several; or None."""
        return self._find(name) or self._find(_without_suffix(name))

    def _find(self, name):
        exact = name.replace("\\", "/").removeprefix("./").lstrip("/")
        folded, above = exact.casefold(), ""
        while folded:
            files = self._files.get(folded, ())
            if above:                               # lies above the folder, so all must fit
                files = [file for file in files if f"/{self._above}/".endswith(f"/{above}/")
                         and folded in (file.casefold(), _without_suffix(file.casefold()))]
            if len(files) > 1:                      # they differ in case
                files = [file for file in files if f"/{exact}" in (
                    f"/{file}"[-len(exact) - 1:], f"/{_without_suffix(file)}"[-len(exact) - 1:])
                         ] or files
            if files:
                return files[0] if len(files) == 1 else tuple(files)
            first, _, folded = folded.partition("/")
            above = f"{above}/{first}" if above else first
        return None


def _without_suffix(name):
    return os.path.splitext(name)[0] if called_picture(name) else name


def _as_text(data, called):
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValueError(f"{called} is no text. Labels are read from a table of text, such as CSV; a "
                     "spreadsheet can be saved as one.")


def _split(lines, delimiter, strict=False):
    """The rows of a table: lists of str."""
    if delimiter is None:
        return [line.split() for line in lines]
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True,
                      strict=strict)
    return rows if strict else list(rows)


def _how_many_files(cells, finder):
    """How well a column names files: a tuple to compare, more is better.

    Labels may be called as files without suffix are, but they are few.
    """
    found = [file for file in map(finder.find, cells) if file is not None]
    return len(set(found)), sum(map(called_picture, cells)), len(found)


def _numbers(values):
    """The set of different numbers in a column, or None if one is no number."""
    different = set(values) - {""}
    return {float(value) for value in different} if all(map(is_number, different)) else None


def _common_folder(names):
    """The folders with which all names begin, "data/train/"."""
    first, *others = {name.replace("\\", "/").rpartition("/")[0] for name in names}
    common = itertools.takewhile(lambda parts: len(set(parts)) == 1, zip(
        *(folder.split("/") for folder in (first, *others))))
    return "".join(f"{part}/" for part, *_ in common if part or first)
