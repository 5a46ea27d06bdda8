"""The papers of this house, known without importing one, which takes seconds.

`python -m keras_gan.command.gallery` makes `keras_gan/README.md` from this table.
"""
import dataclasses
import difflib
import importlib


@dataclasses.dataclass(frozen=True)
class Paper:
    """One paper.

    Attributes:
        module: name of its file in `keras_gan`, and of the model on the command line.
        model: name of its class.
        title, authors, year, arxiv: of the paper.
        command: what the bare command does: arguments of the class and of `train`,
            and `data`.
        idea: what is new in the paper, in a sentence.
        number: what was measured, with a link to the page that says how. Empty:
            nothing yet.
        picture: file name in `benchmarks/pictures/gallery`. Empty: none yet.
    """
    module: str
    model: str
    title: str
    authors: str
    year: int
    arxiv: str
    command: dict = dataclasses.field(default_factory=dict)
    idea: str = ""
    number: str = ""
    picture: str = ""

    def load(self):
        """Import the class."""
        return class_named(self.model)


DIGITS = {"data": "digits", "steps": 5000, "batch_size": 32}
SCENES = {"data": "scenes", "steps": 1500, "batch_size": 16, "sample_interval": 100,
          "checkpoint_interval": 100}
DAY_AND_NIGHT = dict(SCENES, data="scenes_by_day", data_b="scenes_at_night",
                     img_shape=(64, 80, 3), batch_size=4)
HOW = "([how](../benchmarks/README.md#{}))"            # as seen from the gallery
ONE_DIMENSION, MNIST, PLANE, EMOJI = map(
    HOW.format, ("one-dimension", "mnist", "modes-in-the-plane", "emoji"))

PAPERS = [
    Paper("gaussian_gan", "GaussianGAN",
          "Generative Adversarial Networks", "Goodfellow et al.", 2014, "1406.2661",
          idea="The game in one dimension: both densities can be drawn, and the best D is known.",
          number=f"40 of 40 games won in 3,000 turns {ONE_DIMENSION}",
          picture="gaussian_gan.png"),
    Paper("gan", "GAN",
          "Generative Adversarial Networks", "Goodfellow et al.", 2014, "1406.2661",
          dict(DIGITS, recipe="digits"),
          idea="G makes pictures of noise, D says which pictures are real, and each learns from "
               "the other.",
          number=f"Fréchet distance 2.2 on MNIST; Keras-GAN's numbers 21.6 {MNIST}",
          picture="gan.png"),
    Paper("cgan", "CGAN",
          "Conditional Generative Adversarial Nets", "Mirza, Osindero", 2014, "1411.1784",
          dict(DIGITS, recipe="digits"),
          idea="Both players are told the class, so you can ask for one.",
          number="Fréchet distance 3.1 on MNIST; a classifier agrees with .996 of the labels "
                 f"{MNIST}",
          picture="cgan.png"),
    Paper("dcgan", "DCGAN",
          "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial "
          "Networks", "Radford, Metz, Chintala", 2015, "1511.06434",
          dict(SCENES, recipe="coarse_to_fine"),
          idea="Convolutions in both players, for colour pictures of any shape.",
          number="kernel distance .55 to unseen emoji, recipe `half_hour`; Keras-GAN's numbers "
                 f"1.58 {EMOJI}",
          picture="dcgan.png"),
    Paper("lapgan", "LAPGAN",
          "Deep Generative Image Models using a Laplacian Pyramid of Adversarial Networks",
          "Denton, Chintala, Szlam, Fergus", 2015, "1506.05751",
          dict(SCENES, recipe="laptop"),
          idea="A GAN makes a small picture, and a GAN for each doubling adds what it lacks."),
    Paper("acgan", "ACGAN",
          "Conditional Image Synthesis with Auxiliary Classifier GANs", "Odena, Olah, Shlens",
          2016, "1610.09585", dict(DIGITS, recipe="digits"),
          idea="D names the class instead of being told it, so you can ask for one, and D "
               "classifies."),
    Paper("lsgan", "LSGAN",
          "Least Squares Generative Adversarial Networks", "Mao, Li, Xie, Lau, Wang, Smolley",
          2016, "1611.04076", DIGITS,
          idea="D gives marks instead of probabilities: least squares also pull at samples that D "
               "takes for real.",
          number=f"6.3 of 8 and 15.3 of 25 modes in the plane {PLANE}",
          picture="lsgan.png"),
    Paper("bigan", "BiGAN",
          "Adversarial Feature Learning", "Donahue, Krähenbühl, Darrell",
          2016, "1605.09782", DIGITS,
          idea="An encoder learns which noise makes a given picture, because D judges both "
               "together."),
    Paper("wgan", "WGAN",
          "Wasserstein GAN", "Arjovsky, Chintala, Bottou", 2017, "1701.07875",
          dict(DIGITS, batch_size=64),
          idea="A critic with clipped weights estimates how far the samples are from the data.",
          number=f"8 of 8 and 21.3 of 25 modes in the plane {PLANE}",
          picture="wgan.png"),
    Paper("wgan_gp", "WGANGP",
          "Improved Training of Wasserstein GANs", "Gulrajani et al.", 2017, "1704.00028",
          dict(DIGITS, batch_size=64),
          idea="A penalty holds the norm of the critic's gradient near 1; nothing is clipped.",
          number=f"7.3 of 8 and 22 of 25 modes in the plane, `penalty=.1` {PLANE}",
          picture="wgan_gp.png"),
    Paper("cyclegan", "CycleGAN",
          "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
          "Zhu, Park, Isola, Efros", 2017, "1703.10593", DAY_AND_NIGHT,
          idea="Two domains without pairs: what is translated there and back must be as before."),
    Paper("progan", "ProGAN",
          "Progressive Growing of GANs for Improved Quality, Stability, and Variation",
          "Karras, Aila, Laine, Lehtinen", 2017, "1710.10196",
          dict(SCENES, steps=3000, turns_at_size=500),
          idea="Training begins with tiny pictures and adds layers for larger ones while it goes "
               "on."),
    Paper("pacgan", "PacGAN",
          "PacGAN: The power of two samples in generative adversarial networks",
          "Lin, Khetan, Fanti, Oh", 2017, "1712.04086", DIGITS,
          idea="D judges several samples at once, and so sees when they are all alike.",
          number="7.0 of 8 and 22.0 of 25 modes in the plane, packs of 2; GAN 7.3 and 18 "
                 f"{PLANE}",
          picture="pacgan.png"),
    Paper("biggan", "BigGAN",
          "Large Scale GAN Training for High Fidelity Natural Image Synthesis",
          "Brock, Donahue, Simonyan", 2018, "1809.11096",
          dict(SCENES, recipe="laptop", img_shape=(64, 80, 3), half_life=500),
          idea="Large batches, a class and a piece of the noise that every block is told, and "
               "truncation, which trades variety for quality."),
    Paper("rgan", "RGAN",
          "The relativistic discriminator: a key element missing from standard GAN",
          "Jolicoeur-Martineau", 2018, "1807.00734", dict(DIGITS, recipe="digits"),
          idea="D judges pairs: of a real and a generated sample it says which is the more real, "
               "and G wants that to be its own."),
    Paper("r3gan", "R3GAN",
          "The GAN is dead; long live the GAN! A Modern GAN Baseline",
          "Huang, Gokaslan, Kuleshov, Tompkin", 2024, "2501.05441",
          dict(DIGITS, recipe="laptop", steps=1500),
          idea="The loss of pairs with R1 and R2 comes to rest, so the networks may be modern "
               "residual ones without any normalisation."),
]

# The module of every class. The plane is a lesson without a paper of its own.
MODULES = {paper.model: paper.module for paper in PAPERS} | {"PlaneGAN": "plane_gan"}


def find(name):
    """The `Paper` of a class or module name.

    Raises:
        ValueError: if there is none.
    """
    for paper in PAPERS:
        if name in (paper.model, paper.module):
            return paper
    if name in (*MODULES, *MODULES.values()):
        raise ValueError(
            f"{name} is trained in Python, PlaneGAN().train(points), and notebook 6 plays it. "
            f"There are: {', '.join(p.module for p in PAPERS)}")
    known = [p.module for p in PAPERS]
    near = difflib.get_close_matches(str(name).lower().replace("-", "_"), known, n=2)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    raise ValueError(f"There is no model {name!r}. {meant}There are: {', '.join(known)}")


def class_named(name):
    """Import a model's class.

    Raises:
        ValueError: if this house has no class of that name: it is somebody's own.
    """
    if name not in MODULES:
        raise ValueError(
            f"It was made by a class {name!r} that isn't one of keras_gan's "
            f"({', '.join(MODULES)}). In Python, {name}.load(folder) loads a saved model, and "
            "train(..., run_dir=folder, resume=True) goes on with a run.")
    return getattr(importlib.import_module(f"keras_gan.{MODULES[name]}"), name)
