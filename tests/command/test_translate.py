"""Two domains on the command line: --data-b, and keras-gan translate.

With a model of one convolution a generator, which takes no time.
"""
import json
import re
import sys
import zipfile
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from keras import Input, Model, Sequential
from keras.layers import Conv2D

from keras_gan import GAN, papers
from keras_gan.base import Translation, options
from keras_gan.command.line import main
from keras_gan.samples.ranges import to_uint8

SHAPE = (6, 8, 3)


@options
class Swap(Translation):
    """Learns to turn each picture of a batch into that of the other domain."""

    strength: float = 1.0
    """Weight of both losses."""

    trains = {"combined": ["g_AB", "g_BA"]}
    shows = ["g_AB", "g_BA"]
    translators = {"b": "g_AB", "a": "g_BA"}
    logs = ("loss",)

    def build(self):
        self.g_AB, self.g_BA = (
            Sequential([Input(self.img_shape), Conv2D(3, 1, activation="tanh")], name=name)
            for name in self.shows)
        a, b = Input(self.img_shape), Input(self.img_shape)
        self.combined = self.compiled(Model([a, b], [self.g_AB(a), self.g_BA(b)]), ["mse", "mse"],
                                      "adam", loss_weights=[self.strength, self.strength])

    def train_on_batch(self, a, b, random=None):
        a, b = self.prepare(a), self.prepare(b)
        return {"loss": self.combined.train_on_batch([a, b], [b, a], return_dict=True)["loss"]}


@pytest.fixture
def swap(monkeypatch):
    """`Swap` as one of the papers."""
    paper = papers.Paper("swap", "Swap", "Swapping", "Nobody", 2026, "2611.00000",
                         {"data": "digits", "data_b": "digits", "steps": 2, "batch_size": 2})
    monkeypatch.setattr(papers, "PAPERS", [*papers.PAPERS, paper])
    monkeypatch.setitem(papers.MODULES, "Swap", "swap")
    monkeypatch.setitem(sys.modules, "keras_gan.swap", SimpleNamespace(Swap=Swap))


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """Two folders of pictures. In the first, two have one name, one is in a folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for name in ("photos/1.jpg", "photos/1.png", "photos/old/2.jpg", "paintings/1.png",
                 "paintings/7.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(name, rng.integers(0, 256, SHAPE, dtype=np.uint8))
    return tmp_path


def refused(*words):
    """What a command says that ends with an error."""
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    assert isinstance(end.value.code, str)
    return end.value.code


def test_a_model_of_two_domains_is_trained_resumed_and_translates_a_folder(swap, pictures, capsys):
    main(["train", "swap", "--data", "photos", "--data-b", "paintings", "--img-shape",
          *map(str, SHAPE), "--run-eagerly"])
    said = capsys.readouterr().out
    assert "Swap, recipe 'classic': parameters g_AB 12, g_BA 12\n" in said
    assert re.search(r"a: \S*photos, 3 pictures\s+b: \S*paintings, 2 pictures", said)
    assert "into runs/swap-photos-paintings-1\n" in said
    run = pictures / "runs" / "swap-photos-paintings-1"
    source = json.loads((run / "config.json").read_text(encoding="utf-8"))["source"]
    assert (source["a"], source["b"]) == (str(pictures / "photos"), str(pictures / "paintings"))
    main(["resume", str(run), "--steps", "3"])
    assert "Finished at step 3" in capsys.readouterr().out

    for to in ("b", "a"):
        main(["translate", str(run), "--data", "photos", "--out", f"new/{to}", "--to", to])
        assert f"3 pictures, translated by {run}/model to domain {to}, are in new/{to}." \
            in capsys.readouterr().out
        out = pictures / "new" / to
        made = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
        assert made == {"1.png", "1.png.png", "old/2.png"}         # 1.jpg, 1.png and old/2.jpg
        given = cv2.imread("photos/old/2.jpg")[None, ..., ::-1]
        asked = to_uint8(Swap.load(run / "model").translate(given, to=to))[0]
        assert (cv2.imread(str(out / "old" / "2.png"))[..., ::-1] == asked).all()


def test_a_zip_archive_is_translated_and_read_as_the_domain_was_in_training(swap, pictures):
    Swap(img_shape=SHAPE).save("run/model")
    (pictures / "run" / "checkpoints").mkdir()
    (pictures / "run" / "config.json").write_text(json.dumps(
        {"source": {"a": "x", "b": "y", "fit": "pad", "background": [9, 9, 9], "split": "train",
                    "white": [4000, 2000], "black": 0.0}}))
    twelve_bits = cv2.imencode(".png", np.full((3, 8, 3), 1000, np.uint16))[1].tobytes()
    with zipfile.ZipFile("photos.zip", "w") as file:
        for name in ("train/a.png", "test/a.png"):              # all pictures, whatever the split
            file.writestr(name, twelve_bits)
    for to, white in (("b", 4000), ("a", 2000)):
        main(["translate", "run/model", "--data", "photos.zip", "--out", f"new/{to}", "--to", to])
        given = np.full((1, *SHAPE), 9, np.uint8)
        given[:, 1:4] = round(1000 / white * 255)
        asked = to_uint8(Swap.load("run/model").translate(given, to=to))[0]
        for name in ("train", "test"):
            made = cv2.imread(str(pictures / "new" / to / name / "a.png"))[..., ::-1]
            assert sorted(map(tuple, made[:, 0])) == sorted(map(tuple, asked[:, 0]))


def test_what_translate_refuses_writes_nothing(swap, pictures):
    Swap(img_shape=SHAPE).save("swap")
    GAN(img_shape=SHAPE).save("gan")
    translate = ("translate", "swap", "--data", "photos", "--out")
    assert "paintings exists already. Nothing was written" in refused(*translate, "paintings")
    assert "1.jpg exists already" in refused(*translate, "photos/1.jpg")
    assert "No folder nowhere" in refused("translate", "swap", "--data", "nowhere", "--out", "new")
    assert "nowhere is no run" in refused("translate", "nowhere", "--data", "photos", "--out",
                                          "new")
    said = refused("translate", "gan", "--data", "photos", "--out", "new")
    assert said == "keras-gan: GAN translates nothing. Use: keras-gan sample gan"
    (pictures / "empty").mkdir()
    assert "empty" in refused("translate", "swap", "--data", "empty", "--out", "new")
    assert not (pictures / "new").exists()
    # An empty folder may be there
    main(["translate", "swap", "--data", "photos", "--out", "empty"])
    assert len([*(pictures / "empty").rglob("*.png")]) == 3


def test_sample_and_evaluate_know_that_it_translates(swap, pictures):
    Swap(img_shape=SHAPE).save("swap")
    assert "Use: keras-gan translate swap --data FOLDER --out FOLDER" in refused("sample", "swap")
    assert "swap translates pictures" in refused("evaluate", "swap")


def test_the_flags_of_two_domains(swap, capsys):
    with pytest.raises(SystemExit):
        main(["train", "swap", "--help"])
    said = " ".join(re.sub("[│╭╰─╮╯]", " ", capsys.readouterr().out).split())
    assert "Without a flag it trains on 'digits' and 'digits'." in said
    assert "--data STR A folder of pictures" in said
    assert "--data-b STR The same for the other domain" in said
    assert "--strength FLOAT Weight of both losses. (default: 1.0)" in said
