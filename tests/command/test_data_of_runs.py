"""The data of a run are loaded again as they were; classes are asked for by name."""
import json
import types
import warnings

import cv2
import numpy as np
import pytest

from data_loaders import load_data
from keras_gan import CGAN
from keras_gan.base.classes import Classes
from keras_gan.command import line
from keras_gan.command.data import load_for
from keras_gan.command.look import real_data, write_samples
from keras_gan.training.run_directory import hints

SHAPE = (8, 8, 1)


def write(folder, *names):
    for i, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / name), np.full((8, 8, 3), 10 * i, np.uint8))
    return folder


def config(source, **seen):
    return {"source": {"fit": "crop", "background": [255] * 3, "split": "train", **source},
            "training": {"data": seen}}


def test_a_run_of_before_gets_its_class_numbers_and_its_pictures(tmp_path):
    numbers = write(tmp_path / "numbers", *(f"{i}/a.png" for i in range(1, 13)))
    text_order = sorted(map(str, range(1, 13)))
    data = load_for(config({"source": str(numbers)}, images=12), SHAPE, text_order)
    assert data.class_names == text_order and data.labels.tolist() == list(range(12))
    # Without names, or with those of others, it is as it is now
    for names in ([], ["cats", "dogs"]):
        data = load_for(config({"source": str(numbers)}, images=12), SHAPE, names)
        assert data.class_names[1] == "2"
    splits = write(tmp_path / "splits", "train/a.png", "train/b.png", "test/c.png")
    for seen, n in ((3, 3), (2, 2), (7, 2), (None, 2)):
        assert len(load_for(config({"source": str(splits)}, images=seen), SHAPE)) == n
    domains = load_for(config({"a": str(splits), "b": str(numbers)}, a={"images": 3},
                              b={"images": 12}), SHAPE)
    assert (len(domains.a), len(domains.b)) == (3, 12)
    assert len(load_for(config({"source": "digits"}, images=5), SHAPE)) == 1797


def test_a_resume_in_python_says_what_has_changed_where_it_may_be_that(tmp_path):
    run = {"images": 12, "labels": 1, "mean_of_some": 3.0}
    fewer, others = {**run, "images": 9}, {**run, "labels": 2}
    splits, numbers, names = ({"source": str(write(tmp_path / name, *files))} for name, files in (
        ("splits", ("train/a.png", "test/a.png")), ("numbers", ("2/a.png", "10/a.png")),
        ("names", ("cats/a.png", "dogs/a.png"))))
    assert "train/ alone is read since 0.3" in hints(splits, run, fewer)[0]
    assert "numbered_as(sorted(data.class_names))" in hints(numbers, run, others)[0]
    # Pictures were added, or folders were never read in another way
    assert hints(splits, fewer, run) == hints(numbers, run, fewer) == []
    assert hints(names, run, others) == []
    for source in (None, {}, {"source": "digits"}, {"source": "/nowhere"}, {"a": "x", "b": "y"}):
        assert hints(source, run, fewer) == hints(source, run, others) == []
    assert hints(splits, run, {**run, "mean_of_some": 4.0}) == hints(splits, None, run) == []
    assert hints(splits, {"a": {"images": 3}}, {"a": {"images": 4}}) == []


def test_an_evaluation_gives_test_pictures_the_class_numbers_of_the_model(tmp_path):
    folder = write(tmp_path / "numbers", *(f"train/{i}/a.png" for i in (1, 2, 10)),
                   "test/10/a.png", "test/2/b.png")
    game = types.SimpleNamespace(img_shape=SHAPE, num_classes=3, class_names=["1", "10", "2"])
    training, test = real_data(None, game, str(folder), None, None)
    assert training.labels.tolist() == [0, 1, 2] and test.labels.tolist() == [1, 2]
    assert training.class_names == test.class_names == ["1", "10", "2"]
    _, test = real_data(None, game, str(folder / "train"), None, folder / "test")
    assert test.labels.tolist() == [1, 2]
    write(folder, "test/7/a.png")
    with pytest.raises(ValueError, match=r"must be among 1, 10, 2. Received: 7"):
        real_data(None, game, str(folder / "train"), None, folder / "test")


def asked(class_names, *labels):
    model = types.SimpleNamespace(class_names=class_names)
    return [Classes.class_number(model, label) for label in labels]


def test_a_name_that_is_a_number_is_a_name_first():
    numbers = [str(i) for i in range(1, 13)]
    assert asked(numbers, "1", "12", 1, np.int64(3)) == [0, 11, 1, 3]
    with pytest.raises(ValueError, match="knows the classes 1, 2, .*12. Received: '0'"):
        asked(numbers, "0")
    assert asked(["cats", "dogs"], "1", "cats") == [1, 0] and asked([], "7") == [7]
    with pytest.raises(ValueError, match="Received: 'cat'. Did you mean 'cats'"):
        asked(["cats", "dogs"], "cat")


def test_a_number_that_is_the_name_of_another_class_is_said():
    def say(class_names, labels):
        Classes._say_which(types.SimpleNamespace(class_names=class_names), labels)

    with pytest.warns(UserWarning, match=r"number 1 is the class '2'.*labels=\['1'\]"):
        say(["1", "2", "3"], range(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        say(["1", "2", "3"], np.arange(3))                    # of data, not typed by somebody
        say(["1", "2", "3"], ["1", "2", 7, 0])
        say(["0", "1"], [0, 1])
        say(["cats", "dogs"], [0, 1])


def test_a_label_of_the_command_is_what_was_asked_for(tmp_path):
    gan = CGAN(img_shape=(8, 8, 1), num_classes=2, latent_dim=4, run_eagerly=True)
    gan.class_names = ["1", "2"]
    gan.save(tmp_path / "model")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_samples(tmp_path / "model", 2, 1, ["2"], None, tmp_path / "samples", None)
        write_samples(tmp_path / "model", 2, 1, ["2"], None, None, tmp_path / "walk.gif")
    assert [path.name for path in (tmp_path / "samples").iterdir()] == ["2"]


def test_flags_reach_the_data_and_a_run_notes_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "faces", *(f"{i}.png" for i in range(8)))
    rows = "".join(f"{i}.png,{(-1, 1)[i % 2]},1\n" for i in range(8))
    (tmp_path / "list.csv").write_text(f"image_id,Smiling,Young\n{rows}")
    line.main(["train", "cgan", "--data", "faces", "--labels", "list.csv", "--attribute", "Smiling",
               "--white", "4095", "--img-shape", "8", "8", "1", "--steps", "1", "--batch-size", "4",
               "--run-dir", "run", "--run-eagerly"])
    told = capsys.readouterr().out
    assert "classes: not Smiling (4), Smiling (4)" in told and "white=4095.0 changes" in told
    source = json.loads((tmp_path / "run" / "config.json").read_text())["source"]
    again = load_data(**source, img_shape=SHAPE)
    assert again.labels.tolist() == [0, 1] * 4 and source["white"] == 4095
    line.main(["resume", "run", "--steps", "2"])
    assert "Finished at step 2" in capsys.readouterr().out
