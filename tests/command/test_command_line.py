"""The commands as a person types them.

Each is a process of its own, but for repetitions and what is refused.
"""
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import keras_gan
from benchmarks import photos as make_photos
from keras_gan import CGAN, DCGAN, GAN, GaussianGAN, PlaneGAN
from keras_gan.command import line as command_line
from keras_gan.command import look
from keras_gan.command.train import train_parameters
from keras_gan.papers import MODULES, PAPERS, find
from keras_gan.samples import drawing as pictures
from keras_gan.training.plan import NO_END

KERAS_GAN = Path(sys.executable).with_name("keras-gan")
HERE = Path(keras_gan.__file__).parent


def type_in(folder, *words):
    return subprocess.run([str(w) for w in words], cwd=folder, capture_output=True, text=True,
                          timeout=300, env={**os.environ, "COLUMNS": "120"},
                          stdin=subprocess.DEVNULL)


@pytest.fixture
def said(capsys):
    """What a command says on stdout, in this process: TensorFlow has started already.

    It must say `warned` on stderr.
    """
    def run(*words, warned=""):
        capsys.readouterr()
        command_line.main([str(word) for word in words])
        told = capsys.readouterr()
        assert warned in told.err
        return told.out

    return run


def refused(*words):
    """What a command says that ends with an error: in this process too."""
    with pytest.raises(SystemExit) as end:
        command_line.main([str(word) for word in words])
    assert isinstance(end.value.code, str)     # Python writes it to stderr, and ends with 1
    return end.value.code


@pytest.fixture
def photos(tmp_path):
    """Twelve JPEG photos, not square."""
    rng = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    for i in range(12):
        cv2.imwrite(str(tmp_path / "photos" / f"{i}.jpg"),
                    rng.integers(0, 256, (30, 50, 3), dtype=np.uint8))
    return tmp_path / "photos"


FLAGS = ("--img-shape", "16", "24", "3", "--base-channels", "2", "--steps", "4",
         "--batch-size", "4", "--jit-compile", "False")


def test_the_script_of_a_model_trains_on_a_folder_of_photos(photos, tmp_path):
    done = type_in(tmp_path, sys.executable, HERE / "dcgan.py", "--data", "photos",
                   "--run-dir", "run", *FLAGS, "--run-eagerly")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""                                  # nothing of TensorFlow's chatter
    assert re.search(r"DCGAN, recipe 'coarse_to_fine': parameters discriminator [\d,]+, "
                     r"generator [\d,]+\n", done.stdout)
    for said in ("photos: 12 pictures, as 24x16 RGB", "step 4/4  d_loss", "Finished at step 4"):
        assert said in done.stdout
    assert (tmp_path / "run" / "samples" / "step_000004.png").exists()


def test_runs_are_numbered_sampled_resumed_and_never_overwritten(photos, tmp_path, monkeypatch,
                                                                 said):
    monkeypatch.chdir(tmp_path)
    # Few turns: compiled ones are in the tests below
    train = ("train", "dcgan", "--data", "photos", *FLAGS, "--run-eagerly")
    assert "into runs/dcgan-photos-1\n" in said(*train)
    assert "into runs/dcgan-photos-2\n" in said(*train)
    # What is wrong is said before the pictures are read: there are none at all here
    assert "holds a run already" in refused(*train, "--run-dir", "runs/dcgan-photos-1",
                                            "--data", "nowhere")
    assert "steps must be a whole number of at least 1. Received: steps=0" in refused(
        *train, "--steps", "0", "--data", "nowhere")
    resumed = said(*train, "--resume", "--steps", "6")                           # the last one
    assert "Resumed from runs/dcgan-photos-2/checkpoints/step_000004 at step 4" in resumed
    assert "Finished at step 6" in resumed
    resumed = said("resume", "runs/dcgan-photos-1", "--steps", "5")
    assert "runs/dcgan-photos-1/checkpoints/step_000004 at step 4" in resumed
    assert "Finished at step 5" in resumed
    config = json.loads((tmp_path / "runs" / "dcgan-photos-1" / "config.json").read_text())
    assert config["plan"]["steps"] == 5 and config["source"]["source"] == str(photos)
    assert "photos is no run. Runs here: runs/dcgan-photos-1, runs/dcgan-photos-2" in refused(
        "resume", "photos")

    photos.rename(tmp_path / "moved")
    resume = ("resume", "runs/dcgan-photos-1", "--steps", "6")
    assert ("If the data of this run have moved: keras-gan resume runs/dcgan-photos-1 --data FOLDER"
            in refused(*resume))
    assert (f"No folder {photos}" in refused("evaluate", "runs/dcgan-photos-1", "--n", "100"))
    assert refused("evaluate", "runs/dcgan-photos-1", "--n", "100").endswith(
        "If the data of this run have moved: keras-gan evaluate runs/dcgan-photos-1 --data FOLDER")
    assert "have moved" not in refused("evaluate", "runs/dcgan-photos-1", "--data", "nowhere")
    resumed = said(*resume, "--data", "moved")
    assert resumed.endswith("Finished at step 6. Pictures, film, losses and model are in "
                            "runs/dcgan-photos-1. Open:\n"
                            "  runs/dcgan-photos-1/samples/real_vs_generated.png\nNext:\n"
                            "  keras-gan sample runs/dcgan-photos-1\n"
                            "  keras-gan resume runs/dcgan-photos-1 --steps 12\n")
    assert "This run has no such data. Received: --data-b x" in refused(*resume, "--data-b", "x")

    newest = tmp_path / "runs" / "dcgan-photos-1" / "model" / "generator.weights.h5"
    newest.write_bytes(newest.read_bytes()[:1000])     # then the checkpoint of the same step does

    sampled = said("sample", "runs/dcgan-photos-1", "--n", "10", "--seed", "3",
                   "--out", "new/grid.png", warned="generator.weights.h5 is not as it was saved")
    assert "Samples of runs/dcgan-photos-1/checkpoints/step_000006" in sampled
    assert cv2.imread(str(tmp_path / "new" / "grid.png")).shape == (2 * 16 + 2, 5 * 24 + 4 * 2, 3)


def test_a_run_ends_by_the_clock_and_is_resumed_for_as_long_again(photos, tmp_path, monkeypatch,
                                                                  said):
    monkeypatch.chdir(tmp_path)
    first = said("train", "gan", "--data", "photos", "--run-dir", "run", "--img-shape", 6, 8, 3,
                 "--batch-size", 4, "--run-eagerly", "--minutes", "1e-6")
    assert "Steps of 4 samples, at most 1e-06 minutes, into run\n" in first
    assert "Stopped at step 1." in first and "\n  keras-gan resume run --minutes 1e-06\n" in first
    asked = []

    @functools.wraps(GAN.train)
    def train(self, images, **how):
        asked.append((how["steps"], how["minutes"]))

    with monkeypatch.context() as patched:
        patched.setattr(GAN, "train", train)
        for flags in ((), ("--steps", 4), ("--steps", 4, "--minutes", 3)):
            said("resume", "run", *flags)
        config = json.loads(Path("run/config.json").read_text())
        config["plan"] |= {"steps": 5, "minutes": None}
        Path("run/config.json").write_text(json.dumps(config))
        for flags in ((), ("--minutes", 3)):               # its five steps are no end any more
            said("resume", "run", *flags)
    assert asked == [(NO_END, 1e-6), (4, None), (4, 3), (5, None), (NO_END, 3)]
    assert "minutes must be a number above 0, or None. Received: minutes=0.0" in refused(
        "resume", "run", "--minutes", "0")


def test_a_conditional_model_is_asked_by_name_and_measured(tmp_path, monkeypatch, said):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for name, colour in (("night", 40), ("day", 210)):
        (tmp_path / "skies" / name).mkdir(parents=True)
        for i in range(20):
            cv2.imwrite(str(tmp_path / "skies" / name / f"{i}.png"),
                        rng.integers(colour - 30, colour + 30, (16, 16, 3), dtype=np.uint8))
    assert "classes: day (20), night (20)" in said(
        "train", "cgan", "--recipe", "laptop", "--data", "skies", "--run-dir", "run", *FLAGS,
        "--run-eagerly")
    assert "are in grid.png" in said("sample", "run", "--n", "3", "--labels", "night", "0")
    # The sheet shows what was asked for: night, day, night
    sheet = cv2.imread(str(tmp_path / "grid.png"))[..., ::-1]
    asked = CGAN.load(tmp_path / "run" / "model").generate(3, seed=1,
                                                           labels=["night", "day", "night"])
    assert np.abs(sheet[:, 26:50] / 255 - asked[1]).max() < 0.01
    assert "knows the classes day, night. Received: 'dusk'" in refused("sample", "run",
                                                                       "--labels", "dusk")

    measured = said("evaluate", "run/checkpoints/step_000004")
    assert "CGAN: 18 samples against half of" in measured and "agreement" in measured
    told = json.loads((tmp_path / "run" / "evaluation-step_000004.json").read_text())
    assert told["n"] == 18
    assert "agreement of the classifier with the labels asked for" in [
        figure["name"] for figure in told["figures"]]


def test_samples_are_written_one_by_one_as_a_film_and_never_over_others(tmp_path, monkeypatch,
                                                                        said):
    monkeypatch.chdir(tmp_path)
    gan = CGAN(img_shape=(6, 8, 3), num_classes=3, latent_dim=4, run_eagerly=True)
    gan.class_names = ["day", "a/b", "dusk"]
    gan.save("skies")
    sample = ("sample", "skies", "--n", "5")
    assert "are in out." in said(*sample, "--separate", "out", "--labels", "day", "a/b")
    # A name with a stroke is no folder's
    assert sorted(str(p.relative_to("out")) for p in Path("out").rglob("*.png")) == [
        "1/0001.png", "1/0003.png", "day/0000.png", "day/0002.png", "day/0004.png"]
    asked = gan.generate(5, seed=1, labels=[0, 1, 0, 1, 0])
    assert np.abs(cv2.imread("out/1/0003.png")[..., ::-1] / 255 - asked[3]).max() < 0.01
    assert "out exists already. Nothing was written" in refused(*sample, "--separate", "out")
    for name in ("grid.png", "grid-2.png", "grid-3.png"):
        assert f" are in {name}." in said(*sample)

    assert "are in walk.gif" in said("sample", "skies", "--n", "2", "--interpolate", "walk.gif",
                                     "--labels", "dusk")
    with Image.open("walk.gif") as film:
        # Frames that are alike become one
        assert look.FRAMES < film.n_frames <= 2 * look.FRAMES and film.info["loop"] == 0
    assert "2 to 10 samples of one class. Received: n=2, labels=day dusk" in refused(
        "sample", "skies", "--n", "2", "--interpolate", "walk.gif", "--labels", "day", "dusk")

    plane = PlaneGAN(units=4, run_eagerly=True)
    plane.save("plane")
    assert "are in points/samples.csv" in said("sample", "plane", "--n", "7",
                                               "--separate", "points")
    np.testing.assert_allclose(np.loadtxt("points/samples.csv", delimiter=","),
                               plane.generate(7, seed=1), rtol=1e-6)
    said("sample", "plane", "--n", "7", "--separate", "near", "--truncation", "0.5")
    np.testing.assert_allclose(np.loadtxt("near/samples.csv", delimiter=","),
                               plane.generate(7, seed=1, truncation=0.5), rtol=1e-6)
    assert "truncation must be a number of at least 0.01" in refused(
        "sample", "plane", "--truncation", "0")
    assert "A film shows pictures" in refused("sample", "plane", "--interpolate", "walk.gif")
    assert "n must be at most" in refused("sample", "plane", "--n", str(10 ** 15))


def test_ctrl_c_while_tensorflow_is_imported_is_answered_in_a_line(tmp_path):
    if not os.path.exists("/proc/self/maps"):
        pytest.skip("only Linux tells what a process has loaded")
    for start in (("-m", "keras_gan", "train", "gan"), (HERE / "dcgan.py",)):
        process = subprocess.Popen([sys.executable, *map(str, start)], cwd=tmp_path, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   # In the background of a shell SIGINT is ignored
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        while "tensorflow" not in Path(f"/proc/{process.pid}/maps").read_text():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
        assert (process.returncode, out.strip(), errors) == (130, "keras-gan: stopped at once.", "")


def test_the_maker_of_photos_writes_into_no_folder_of_others(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "cat.jpg").write_bytes(b"precious")
    for there in (tmp_path / "mine", tmp_path / "mine" / "cat.jpg"):
        with pytest.raises(SystemExit, match="exists already. Nothing was written; give a folder"):
            make_photos.main(there)
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "cat.jpg"]


def test_a_folder_of_other_pictures_can_be_what_a_model_is_measured_against(photos, tmp_path):
    shutil.copytree(photos, tmp_path / "others")
    (tmp_path / "others" / "0.jpg").unlink()
    gan = DCGAN(img_shape=(16, 24, 3), base_channels=2)
    training, held_out = look.real_data(None, gan, str(photos), None, tmp_path / "others")
    assert (len(training), len(held_out)) == (12, 11)
    assert held_out.images.shape[1:] == (16, 24, 3)


def test_the_gaussian_game_trains_and_is_measured(tmp_path, monkeypatch, said):
    monkeypatch.chdir(tmp_path)
    assert "Finished at step 3" in said("train", "gaussian_gan", "--mu", "-2", "--steps", "3",
                                        "--batch-size", "8", "--jit-compile", "False")
    run = tmp_path / "runs" / "gaussian_gan-1"
    assert cv2.imread(str(run / "samples" / "step_000003.png")).shape == (500, 700, 3)
    assert "are in numbers.png" in said("sample", "runs/gaussian_gan-1", "--n", "50",
                                        "--seed", "3", "--out", "numbers.png")
    gan = GaussianGAN.load(run / "model")
    pictures.write_vectors(tmp_path / "asked.png", {"50 samples": gan.generate(50, seed=3)})
    assert (tmp_path / "numbers.png").read_bytes() == (tmp_path / "asked.png").read_bytes()
    assert "1000 samples against N(-2, 1²)" in said("evaluate", "runs/gaussian_gan-1",
                                                    "--n", "1000", "--out", "figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text())["figures"]
    assert [f["name"].split()[0] for f in figures] == ["mean", "standard", "Jensen-Shannon",
                                                       "largest"]


def test_a_run_that_was_started_in_python_is_sampled_too_and_told_how_to_go_on(
        tmp_path, monkeypatch, said):
    monkeypatch.chdir(tmp_path)
    gan = PlaneGAN(units=4, run_eagerly=True)
    gan.train(np.eye(2), steps=1, batch_size=4, run_dir="plane")
    assert "are in grid.png" in said("sample", "plane", "--n", "50", "--seed", "3")
    pictures.write_vectors(tmp_path / "asked.png", {"50 samples": gan.generate(50, seed=3)})
    assert (tmp_path / "grid.png").read_bytes() == (tmp_path / "asked.png").read_bytes()
    assert "plane was trained on arrays in Python" in refused("resume", "plane")
    assert "plane/model makes vectors" in refused("evaluate", "plane")

    class MyGAN(GAN):
        pass

    MyGAN(img_shape=(4, 4, 1), run_eagerly=True).save(tmp_path / "mine")
    assert "made by a class 'MyGAN'" in refused("sample", "mine")
    assert "MyGAN.load(folder)" in refused("sample", "mine")


def test_a_file_that_is_left_out_is_named_without_a_line_of_code(photos, said, monkeypatch):
    monkeypatch.chdir(photos)
    (photos / "broken.jpg").write_bytes(b"no picture")
    told = said("train", "gan", "--data", ".", "--img-shape", "6", "8", "1", "--steps", "1",
                "--batch-size", "2", "--run-dir", "../run", "--run-eagerly")
    assert told.count("broken.jpg") == 1 and "skipped, broken picture: broken.jpg" in told


@pytest.mark.parametrize("words, message", [
    (("train", "dcgan", "--data", "nowhere"), r"keras-gan: No folder .*nowhere"),
    (("train", "dcgan", "--recipe", "lapdog"), "recipe must be one of"),
    (("train", "dcgan", "--seed", "-1"), "seed must be a whole number"),
    (("train", "dcgan", "--data", ".", "--resume"), "There is no run runs/.*-1 to resume"),
    (("sample", "nowhere"), "nowhere is no run: there is no such folder. There are no runs here"),
    (("sample", "nowhere", "--out", "sheet.jpg"),
     "out must be a PNG file. Received: sheet.jpg. Use sheet.png"),
    (("evaluate", "nowhere"), "nowhere is no run"),
    (("train", "cgan", "--data", ".", "--run-dir", "../run"), "No picture|no picture|classes"),
    # The run's sheets would become pictures of the folder
    (("train", "cgan", "--data", "."), "lies in the folder of the data, .: .*--run-dir "),
    (("train", "cgan", "--data", ".", "--run-dir", "."), "lies in the folder of the data, "),
    (("train", "dgcan"), "There is no model 'dgcan'. Did you mean dcgan[^?]*\\? There are: "),
    (("trian", "gan"), "There is no command 'trian'. Did you mean train\\? There are: list, "),
    (("dcgan",), "dcgan is a model. Use: keras-gan train dcgan"),
    (("train", "gan", "--epochs=10"), "There is no --epochs. Use --steps .a step is a turn "),
    (("train", "gan", "--lr", "1e-3"), "There is no --lr. Use --learning-rate."),
    (("train", "gan", "--dataroot", "x"), "There is no --dataroot. Use --data."),
    (("train", "gan", "--steps", "1e4"),
     "--steps takes a whole number. Received: 1e4. Use --steps 10000"),
    (("train", "gan", "--steps=10,000"), "Use --steps 10000"),
    (("train", "dcgan", "--img-shape", "96", "96"),
     "Received: --img-shape 96 96. Use --img-shape 96 96 3 for colour, or 1 for grey"),
    (("train", "dcgan", "--img-shape", "64"), "Use --img-shape 64 64 3"),
    (("train", "dcgan", "--img-shape", "96,96,3"), "Received: 96,96,3. Use --img-shape 96 96 3"),
    (("train", "dcgan", "--img-shape", "3", "64", "80"), "ends with the channels. "
                                                        "Received: .*Use --img-shape 64 80 3"),
    (("evaluate", "."), r"\. is no run. There are no runs here"),
    (("sample", "nowhere", "--out", "a.png", "--separate", "b"),
     "--out and --separate are different things"),
    (("sample", "nowhere", "--interpolate", "film.png"),
     "interpolate must be a GIF file. Received: film.png. Use film.gif"),
    (("resume", "nowhere", "--data", "x"), "nowhere is no run"),
    (("train", "pix2pix"),
     "There is no model 'pix2pix'. There are: gaussian_gan, gan, cgan, dcgan"),
    (("train", "plane_gan"), r"plane_gan is trained in Python, PlaneGAN\(\).train\(points\)"),
    (("translate", "nowhere", "--data", "nothing", "--out", "out"), "No folder nothing"),
    (("translate", "nowhere", "--data", ".", "--out", "out"), "nowhere is no run"),
])
def test_mistakes_are_told_in_a_line(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    assert re.search(message, refused(*words))
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("words", [("--help",), ("list",), ("train", "--help")])
def test_help_and_list_come_without_tensorflow(tmp_path, words):
    done = type_in(tmp_path, sys.executable, "-X", "importtime", KERAS_GAN, *words)
    assert done.returncode == 0
    imported = set(re.findall(r"\| +(\w+)$", done.stderr, re.MULTILINE))
    assert "keras_gan" in imported
    assert not {"tensorflow", "keras", "cv2", "matplotlib"} & imported
    if words == ("--help",):
        assert all(command in done.stdout for command in (
            "list", "train", "resume", "sample", "translate", "evaluate"))
    if words == ("list",):
        for paper in PAPERS:
            assert paper.model in done.stdout and paper.arxiv in done.stdout
            assert str(paper.year) in done.stdout


def test_a_mistake_is_a_line_and_the_status_1(tmp_path):
    done = type_in(tmp_path, KERAS_GAN, "train", "dgcan")
    assert done.returncode == 1 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("keras-gan: There is no model 'dgcan'.")


def help_of(capsys, *words):
    """What `keras-gan train ... --help` prints, without frames and line ends."""
    with pytest.raises(SystemExit):
        command_line.main(["train", *words, "--help"])
    return " ".join(re.sub("[│╭╰─╮╯]", " ", capsys.readouterr().out).split())


def test_the_flags_are_those_of_the_signatures_with_the_recipes_values(capsys):
    bare, classic = help_of(capsys, "dcgan"), help_of(capsys, "dcgan", "--recipe", "classic")
    for flag in ("--data", "--steps", "--batch-size", "--img-shape", "--seed", "--run-dir",
                 "--resume", "--flip", "--latent-dim", "--fit", "--folder"):
        assert flag in bare
    assert "(default: 0.002)" in bare and "(default: 0.0001)" in classic
    assert "(default: 5650)" in bare and "(default: 1500)" in classic
    assert "Without a flag it trains on 'scenes'" in bare
    # A recipe for colour pictures trains on some
    grey, colour = help_of(capsys, "lsgan"), help_of(capsys, "lsgan", "--recipe=laptop")
    assert "(default: digits)" in grey and "(default: scenes)" in colour
    assert "--data" not in help_of(capsys, "gaussian_gan")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.module)
def test_every_argument_of_a_model_and_of_its_training_is_a_flag_with_a_text(paper, capsys):
    model = paper.load()
    said = help_of(capsys, paper.module)
    pictures_of_others = "data" in paper.command
    not_flags = {"num_classes", "images", "points", "labels"} | (
        set() if pictures_of_others else {"flip", "balanced"})
    for name in {*model.option_names(), *train_parameters(model)} - not_flags:
        flag = f"--{name.replace('_', '-')} "
        told = said.partition(f" {flag}")[2] or said.partition(f"--no{flag[1:]}")[2]
        text = told.partition("(default: ")[0]
        assert re.search(r"[A-Z][^.]* [^.]*\.", text) or name == "recipe", (name, text)
    for group in ("data",) * pictures_of_others + ("model", "training"):
        assert f"{group} options" in said
    assert f"A named set of defaults: {', '.join(['classic', *model.recipes])}." in said


def test_texts_of_flags_are_whole(capsys):
    """One of several lines, and one that begins with a quotation mark."""
    said = help_of(capsys, "cgan")
    assert ("Turns in which the learning rates fall by half, again and again, so that players who "
            "circle around their equilibrium come to rest there. None: they stay as they are. "
            "(default: None)") in said
    assert (' "fully_connected": those below. The others are convolutional: "keras_gan" is in '
            "keras_gan/dcgan.py, the rest in keras_gan/networks.") in said
    assert said.count('""') == 0


def test_a_paper_that_changes_a_text_shows_its_own(capsys):
    assert "Of the optimizers." in help_of(capsys, "gan")
    said = help_of(capsys, "gaussian_gan")
    assert "Of the optimizers." not in said
    assert "--learning-rate FLOAT Of D's Adam optimizer at the start." in said


def test_every_paper_is_a_class_of_the_package_with_its_arxiv_number_in_its_file():
    for paper in PAPERS:
        assert getattr(keras_gan, paper.model) is paper.load() is find(paper.module).load()
        assert paper.arxiv in (HERE / f"{paper.module}.py").read_text(encoding="utf-8")
    # That no file is forgotten is in test_rooms
    assert set(MODULES) - {paper.model for paper in PAPERS} == {"PlaneGAN"}
    with pytest.raises(AttributeError, match="no attribute 'NoSuchGAN'"):
        _ = keras_gan.NoSuchGAN


def test_a_model_as_a_module_trains_on_the_embedded_digits(tmp_path):
    done = type_in(tmp_path, sys.executable, "-W", "error::RuntimeWarning", "-m", "keras_gan.gan",
                   "--steps", "3", "--jit-compile", "False")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert "digits: 1797 pictures, 28x28 grey" in done.stdout
    assert "into runs/gan-digits-1" in done.stdout


@pytest.mark.parametrize("imported", ["from keras_gan import GAN", "import keras_gan.dcgan",
                                      "import keras_gan.base", "import keras_gan.training.memory",
                                      "import keras_gan.networks.residual"])
def test_tensorflow_starts_in_quiet_whatever_is_imported_first(tmp_path, imported):
    # Before it does start, this process ends: that takes seconds
    done = type_in(tmp_path, sys.executable, "-c", f"""
import os, sys
terminal = os.fstat(2)

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in ("tensorflow", "keras"):
            print(name, "quiet" if not os.path.samestat(os.fstat(2), terminal) else "loud")
            sys.stdout.flush()
            os._exit(0)

sys.meta_path.insert(0, Watch())
{imported}
""")
    assert done.stdout == "tensorflow quiet\n" and done.stderr == ""


def test_tensorflow_starts_without_its_chatter_and_its_real_warnings_are_not_kept(tmp_path):
    done = type_in(tmp_path, sys.executable, "-c", """
from keras_gan import GAN
import os, sys, warnings
import tensorflow as tf
os.write(2, b"started" + os.linesep.encode())
tf.get_logger().warning("a real warning")
warnings.warn("another")
os.write(2, b"E0000 straight to the terminal")
""")
    assert done.returncode == 0 and done.stdout == ""
    assert done.stderr.startswith("started\n"), done.stderr
    assert "a real warning" in done.stderr and "another" in done.stderr
    assert "straight to the terminal" in done.stderr
