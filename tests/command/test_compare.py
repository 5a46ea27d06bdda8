"""The comparison of models at the same clock. Nothing is trained here."""
import json
import os
import sys
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest
import tyro

from benchmarks import compare
from benchmarks.compare import COMPARISONS, Arguments, Comparison, Source
from keras_gan.command.train import check_words, flags_of
from keras_gan.papers import find
from keras_gan.training.plan import NO_END

FOLDER = ["--data", "pictures"]


class Built(Exception):
    """A model was about to build its networks: its arguments make sense."""


def parsed(row, data, monkeypatch):
    """What `keras-gan train` makes of a row, without training. Its model takes it."""
    where = FOLDER if "--data" not in COMPARISONS[data].common else []
    _, model, *words = compare.words_of(row, Arguments(data), Source(where, [], {}))
    words += ["--minutes", "3"]
    paper, model = find(model), find(model).load()
    flags = flags_of(model, paper, words)
    check_words(words, {name for group in vars(flags()).values() for name in vars(group)})
    flags = tyro.cli(flags, args=words)
    monkeypatch.setattr(model, "build", mock.Mock(side_effect=Built))
    with pytest.raises(Built):
        model(**vars(flags.model))
    return flags


@pytest.mark.parametrize("data", COMPARISONS)
def test_each_row_is_a_command_that_plays_as_long_as_the_clock_runs(data, monkeypatch):
    for row, command in COMPARISONS[data].rows.items():
        flags = parsed(row, data, monkeypatch)
        assert flags.training.minutes == 3 and flags.training.steps == NO_END
        assert flags.data.data == {"emoji": "pictures", "photos": "pictures"}.get(data, data)
        assert f"--recipe {flags.model.recipe}" in command


def test_a_flag_of_a_row_wins_over_that_of_all_rows(monkeypatch):
    monkeypatch.setitem(COMPARISONS, "mnist", Comparison(
        1, {"small": "gan --batch-size 7", "large": "gan"}, "--data mnist --batch-size 50"))
    assert [parsed(row, "mnist", monkeypatch).training.batch_size
            for row in ("small", "large")] == [7, 50]


def figures(**named):
    return [{"name": name, "generated": made, "real": 9.0} for name, made in named.items()]


@pytest.fixture
def played(monkeypatch):
    """The commands that were asked for: none is run, but it leaves what it would."""
    asked = []

    def play(words, cores=None):
        asked.append(words)
        if words[0] == "train":
            run = Path(words[words.index("--run-dir") + 1])
            (run / "model").mkdir(parents=True)
            (run / "model" / "config.json").write_text('{"turns": 1500}')
        else:
            file = Path(words[1]) / "evaluation.json"
            file.write_text(json.dumps({"figures": figures(precision=0.5)}))
        return 0

    monkeypatch.setattr(compare, "play", play)
    return asked


def test_a_run_is_played_and_measured_once_by_the_commands_of_a_user(tmp_path, played):
    given = Arguments("photos", rows=("laptop",), minutes=2.5, cores=1, out=tmp_path)
    source = Source(["--data", "pictures"], ["--n", "500"], {})
    run = compare.run_of("laptop", 3, given, source)
    there = str(tmp_path / "laptop-3-2.5-minutes-1-cores")
    assert played == [
        ["train", "dcgan", "--data", "pictures", "--img-shape", "128", "160", "3", "--batch-size",
         "16", "--flip", "--recipe", "laptop", "--seed", "3", "--run-dir", there, "--minutes",
         "2.5"],
        ["evaluate", there, "--n", "500"]]
    assert run["turns"] == 1500 and run["figures"] == figures(precision=0.5)
    assert compare.run_of("laptop", 3, given, source) == run and len(played) == 2
    # Turns instead of minutes, or both
    compare.run_of("laptop", 0, Arguments("photos", steps=70, out=tmp_path), source)
    assert (tmp_path / "laptop-0-70-steps").is_dir() and played[2][-2:] == ["--steps", "70"]
    compare.run_of("laptop", 0, Arguments("photos", steps=70, minutes=1, out=tmp_path), source)
    assert played[4][-4:] == ["--minutes", "1", "--steps", "70"]


def test_what_can_not_be_compared_is_left_out_with_the_reason(tmp_path, played, monkeypatch):
    given, source = Arguments("scenes", out=tmp_path), Source([], [], {})
    assert given.minutes == 3 and given.rows == tuple(COMPARISONS["scenes"].rows)
    compare.run_of("laptop", 0, given, source)
    # The row is another one now
    with pytest.raises(compare.LeftOut, match=r"laptop-0-3-minutes was played by\n  keras-gan "
                                              r"train dcgan --data scenes --recipe laptop\n.*\n"
                                              r".* --flip"):
        compare.run_of("laptop", 0, given, Source(["--flip"], [], {}))
    (tmp_path / "laptop-0-3-minutes" / "compare.json").unlink()
    with pytest.raises(compare.LeftOut, match="laptop-0-3-minutes is a run that goes on, failed, "
                                              "or was stopped. Delete it"):
        compare.run_of("laptop", 0, given, source)
    monkeypatch.setattr(compare, "play", lambda words, cores=None: 1)
    with pytest.raises(compare.LeftOut, match="classic-0-3-minutes ended with status 1"):
        compare.run_of("classic", 0, given, source)


def test_a_run_that_can_not_be_measured_is_shown_without_figures(tmp_path, played, monkeypatch):
    given, source = Arguments("photos", out=tmp_path), Source([], [], {})
    play = compare.play
    monkeypatch.setattr(compare, "play",
                        lambda words, cores=None: words[0] == "evaluate" or play(words))
    assert compare.run_of("laptop", 0, given, source)["figures"] == []


def test_a_row_or_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="scenes has the rows classic, laptop, .*--rows lsgan pix"):
        Arguments("scenes", rows=("laptop", "pix", "lsgan"))
    with pytest.raises(SystemExit, match="a manifest.csv, which has the .* Received: None"):
        compare.source_of(Arguments("emoji", out=tmp_path))


def test_emoji_are_split_as_their_manifest_says(tmp_path):
    for name in ("a/1.png", "a/2.png", "b/1.png"):
        (tmp_path / "emoji" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "emoji" / name).write_text(name)
    (tmp_path / "emoji" / "manifest.csv").write_text(
        "file,split\na/1.png,train\na/2.png,test\nb/1.png,train\n")
    given = Arguments("emoji", tmp_path / "emoji", out=tmp_path / "out", mobilenet_weights="w.h5")
    source = compare.source_of(given)
    test = str(tmp_path / "out" / "test")
    assert source.train == ["--data", str(tmp_path / "out" / "train")]
    assert source.evaluate == ["--test", test, "--features", "mobilenet", "--mobilenet-weights",
                               "w.h5"]
    files = {str(path.relative_to(tmp_path / "out")): path.read_text()
             for path in (tmp_path / "out").rglob("*.png")}
    assert files == {"train/a/1.png": "a/1.png", "test/a/2.png": "a/2.png",
                     "train/b/1.png": "b/1.png"}
    (tmp_path / "emoji" / "manifest.csv").unlink()                        # only once
    assert compare.source_of(given) == source


def run(turns, **named):
    return {"minutes": 3.04, "turns": turns, "figures": figures(**named)}


def test_the_table_has_means_and_standard_errors_over_the_seeds(tmp_path, capsys):
    rows = {"laptop": {0: run(1000, KID=1.0, recall=0.5), 1: run(1001, KID=2.0, recall=0.5),
                       4: run(1005, KID=3.0, recall=None)},
            "cgan": {0: run(12_345, KID=1580.4, agreement=0.8125)},
            "gan": {0: run(1, KID=1000), 1: run(1, KID=1500)}}
    table = compare.table_of(rows, {"laptop": "dcgan --recipe laptop", "cgan": "cgan",
                                    "gan": "gan"})
    compare.write_table(tmp_path / "rows.md", table)
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")]
             for line in (tmp_path / "rows.md").read_text().splitlines()]
    assert [lines[0], *lines[2:]] == [
        ["row", "keras-gan train", "seeds", "minutes", "turns", "KID", "recall", "agreement"],
        # the standard deviation of 1, 2, 3 is 1
        ["laptop", "dcgan --recipe laptop", "0 1 4", "3.0", "1,002", "2 ± 0.58", "–", "–"],
        ["cgan", "cgan", "0", "3.0", "12,345", "1,580", "–", "0.812"],
        ["gan", "gan", "0 1", "3.0", "1", "1,250 ± 250", "–", "–"],
        ["real", "", "", "", "", "9", "9", "9"]]
    assert "2 ± 0.58" in capsys.readouterr().out


@pytest.mark.parametrize("side, shown", [(8, 24), (500, 500)])   # tiny pictures are enlarged
def test_the_sheet_has_a_strip_of_each_row_just_as_it_is(tmp_path, rng, side, shown):
    strips = {"real": rng.integers(0, 256, (3, side, side, 3), np.uint8),
              "a row of a long name": rng.random((3, side, side, 1))}
    compare.write_sheet(tmp_path / "rows.png", strips)
    sheet = cv2.imread(str(tmp_path / "rows.png"))[..., ::-1]
    width, beside = 3 * (shown + 2) - 2, 20 + 9 * len("a row of a long name")
    scale = max(1, 1200 // width)
    assert sheet.shape == (2 * (scale * shown + 4), beside + scale * width, 3)
    for number, pictures in enumerate(strips.values()):
        top = 4 + number * (scale * shown + 4)
        first = sheet[top:top + scale * shown:scale, beside:beside + scale * shown:scale]
        expected = pictures[0] if pictures.dtype == np.uint8 else np.round(255 * pictures[0])
        expected = np.broadcast_to(expected, (side, side, 3)).repeat(shown // side, 0).repeat(
            shown // side, 1)
        assert (first == expected).all()
        name = sheet[top:top + scale * shown, :beside]
        assert (name < 128).any() and (name[:, :5] == 255).all()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"),
                    reason="this system can't bind a process to a core")
def test_a_run_of_one_core_has_one(tmp_path, monkeypatch):
    script = tmp_path / "keras-gan"
    script.write_text(f"#!{sys.executable}\nimport os, sys\n"
                      "open(sys.argv[1], 'w').write(f'{len(os.sched_getaffinity(0))} '\n"
                      "    + os.environ['TF_NUM_INTRAOP_THREADS'])\nsys.exit(5)\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    ours = os.sched_getaffinity(0)
    assert compare.play([str(tmp_path / "said")], cores=1) == 5
    assert (tmp_path / "said").read_text() == "1 1" and os.sched_getaffinity(0) == ours
