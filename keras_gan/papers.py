"""The papers of this house, known without importing one of them (that takes TensorFlow's seconds)."""
import dataclasses
import importlib


@dataclasses.dataclass(frozen=True)
class Paper:
    """One paper.

    Attributes:
        module: name of its file in `keras_gan`, and of the model on the command line.
        model: name of its class.
        title, authors, year, arxiv: of the paper.
        command: what the bare command does: arguments of the class, of `train`, and `data`.
    """
    module: str
    model: str
    title: str
    authors: str
    year: int
    arxiv: str
    command: dict = dataclasses.field(default_factory=dict)

    def load(self):
        """Import the class."""
        return class_named(self.model)


DIGITS = dict(data="digits", steps=5000, batch_size=32)
SCENES = dict(data="scenes", steps=1500, batch_size=16, sample_interval=100, checkpoint_interval=100)
DAY_AND_NIGHT = dict(data="scenes_by_day", data_b="scenes_at_night", img_shape=(64, 80, 3), steps=1500,
                     batch_size=4, sample_interval=100, checkpoint_interval=100)

PAPERS = [
    Paper("gaussian_gan", "GaussianGAN", "Generative Adversarial Networks", "Goodfellow et al.", 2014, "1406.2661"),
    Paper("gan", "GAN", "Generative Adversarial Networks", "Goodfellow et al.", 2014, "1406.2661", DIGITS),
    Paper("cgan", "CGAN", "Conditional Generative Adversarial Nets", "Mirza, Osindero", 2014, "1411.1784",
          dict(DIGITS, recipe="digits")),
    Paper("dcgan", "DCGAN", "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
          "Radford, Metz, Chintala", 2015, "1511.06434", dict(SCENES, recipe="laptop")),
    Paper("lsgan", "LSGAN", "Least Squares Generative Adversarial Networks", "Mao, Li, Xie, Lau, Wang, Smolley", 2016, "1611.04076", DIGITS),
    Paper("wgan", "WGAN", "Wasserstein GAN", "Arjovsky, Chintala, Bottou", 2017, "1701.07875", dict(DIGITS, batch_size=64)),
    Paper("cyclegan", "CycleGAN", "Unpaired Image-to-Image Translation using Cycle-Consistent "
          "Adversarial Networks", "Zhu, Park, Isola, Efros", 2017, "1703.10593", DAY_AND_NIGHT),
    Paper("wgan_gp", "WGANGP", "Improved Training of Wasserstein GANs", "Gulrajani et al.", 2017, "1704.00028",
          dict(DIGITS, batch_size=64)),
    Paper("pacgan", "PacGAN", "PacGAN: The power of two samples in generative adversarial networks", "Lin, Khetan, Fanti, Oh", 2017, "1712.04086", DIGITS),
]

MODULES = {paper.model: paper.module for paper in PAPERS} | {"PlaneGAN": "plane_gan"}       # of every class: the plane is a lesson, without a paper of its own


def find(name):
    """The `Paper` of a class or module name.

    Raises:
        ValueError: if there is none.
    """
    for paper in PAPERS:
        if name in (paper.model, paper.module):
            return paper
    if name in (*MODULES, *MODULES.values()):
        raise ValueError(f"{name} is trained in Python, PlaneGAN().train(points), and notebook 6 plays it. There are: {', '.join(p.module for p in PAPERS)}")
    raise ValueError(f"There is no model {name!r}. There are: {', '.join(p.module for p in PAPERS)}")


def class_named(name):
    """Import a model's class.

    Raises:
        ValueError: if there is none of that name, as of somebody's own class.
    """
    if name not in MODULES:
        raise ValueError(f"It was made by a class {name!r} that isn't one of keras_gan's ({', '.join(MODULES)}). In Python, {name}.load(folder) loads a "
                         "saved model, and train(..., run_dir=folder, resume=True) goes on with a run.")
    return getattr(importlib.import_module(f"keras_gan.{MODULES[name]}"), name)
