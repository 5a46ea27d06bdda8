"""The Dirac-GAN: the smallest game there is, in which one can see who comes to rest.

    python benchmarks/dirac.py dirac.png

Lars Mescheder, Andreas Geiger, Sebastian Nowozin, 2018, arXiv:1801.04406, section 2 and
figure 3. The data are the number 0. The generator always makes the number θ, and the
discriminator returns ψ x. The equilibrium is θ = ψ = 0. The picture shows where turns
of this project's models lead from θ = ψ = 1, with plain gradient descent.
"""
from pathlib import Path

import keras_gan.backend.quiet_tensorflow

import keras
import numpy as np
import tyro
from keras import Input, Sequential
from keras.layers import Dense
from keras.optimizers import SGD
from matplotlib.figure import Figure
from rich.progress import track

import keras_gan

GAMES = {
    "GAN": ("GAN", {"from_logits": True}),
    "GAN, saturating": ("GAN", {"from_logits": True, "generator_loss": "saturating"}),
    "GAN with R1, γ = 1": ("GAN", {"from_logits": True, "r1_gamma": 1.0}),
    "RGAN": ("RGAN", {}),
    "RGAN with R1 and R2, γ = ½": ("RGAN", {"r1_gamma": 0.5, "r2_gamma": 0.5}),
    "WGAN, clip = 1": ("WGAN", {"clip": 1.0, "k": 1}),
    "WGAN-GP, λ = 1": ("WGANGP", {"penalty": 1.0, "k": 1}),
}


class Dirac:
    """Networks of one number each, and gradient descent: to be mixed into a game."""

    def build_generator(self):
        """z -> θ, if z is 0."""
        return Sequential([Input((1,)), Dense(1)], name="generator")

    def build_discriminator(self):
        """x -> ψ x."""
        return Sequential([Input((1,)), Dense(1, use_bias=False)], name="discriminator")

    def build_optimizer(self, player):
        """Plain gradient descent."""
        return SGD(self.learning_rate)

    def play(self, theta, psi):
        """One turn of the game from (θ, ψ): the new (θ, ψ)."""
        self.generator.set_weights([np.zeros((1, 1)), np.array([theta])])
        self.discriminator.set_weights([np.array([[psi]])])
        zeros = {name: 0 * drawn for name, drawn in self.random_numbers(self.k).items()}
        self.train_on_batch(np.zeros((self.k, 1)), zeros)
        theta, psi = self.generator.get_weights()[1], self.discriminator.get_weights()[0]
        return float(theta[0]), float(psi[0, 0])


def dirac_gan(name, **arguments):
    """The Dirac-GAN in the game of the class `name`, with these arguments."""
    game = getattr(keras_gan, name)
    return type(f"Dirac{name}", (Dirac, game), {})(img_shape=(1,), latent_dim=1, **arguments)


def main(out: tyro.conf.Positional[Path] = Path("dirac.png"), turns: int = 500,
         learning_rate: float = 0.1):
    """Draw the way of each game.

    Args:
        out: PNG file to write.
        turns: of each game.
        learning_rate: of both players.
    """
    if turns < 1:
        raise SystemExit(f"turns must be at least 1. Received: turns={turns}")
    keras.config.set_floatx("float64")
    figure = Figure(figsize=(2.6 * len(GAMES), 3), layout="constrained")
    for axes, (title, (name, how)) in zip(figure.subplots(1, len(GAMES)), GAMES.items()):
        gan = dirac_gan(name, learning_rate=learning_rate, jit_compile=False, **how)
        way = [(1.0, 1.0)]
        for _ in track(range(turns), title):
            way.append(gan.play(*way[-1]))
        axes.plot(*np.transpose(way), linewidth=0.8)
        axes.plot(*way[-1], "o")
        axes.plot(0, 0, "k+")
        axes.set(title=f"{title}\nends {np.hypot(*way[-1]):.2g} away", xlabel="θ", ylabel="ψ",
                 xlim=(-2.2, 2.2), ylim=(-2.2, 2.2), aspect="equal")
    figure.savefig(out, dpi=110)
    print(f"The picture is {out}.")


if __name__ == "__main__":
    tyro.cli(main)
