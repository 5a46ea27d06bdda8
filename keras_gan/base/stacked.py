"""Games of two stages: the second enlarges what the first has learned to make."""
from keras import Input, Model

from keras_gan.base.options import options
from keras_gan.base.stages import Stages
from keras_gan.layers.pyramid import enlarged, halved


def quarter(images):
    """The means of 4x4 pixels: pictures of the first stage. Sides are rounded up."""
    return halved(halved(images))


@options
class Stacked(Stages):
    """A part of a `NoiseGame` with labels: two generators, one on top of the other.

    `generator_1` takes [noise, labels], and makes small pictures. `generator_2` takes
    [small pictures, noise, labels]. `generator`, its average, `discriminator` and
    `combined` are those of the stage that is played; before the second one begins,
    `generate` enlarges small pictures. In the second stage the first one rests.
    """

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require(len(self.grow_at) <= 1, "grow_at", "one number: there are two stages")

    @property
    def at_rest(self):
        """The networks of the other stage."""
        other = 1 if self.stage else 2
        return [f"generator_{other}", f"discriminator_{other}"]

    def build_averages(self):
        """Build the average of each generator, and put the two on top of each other."""
        super().build_averages()
        self.stacks, self.stacks_ema = self.build_stacks(""), self.build_stacks("_ema")

    def build_stacks(self, end):
        """[noise (batch, latent_dim), labels (batch, 1)] -> pictures (batch,
        *img_shape): a model for each stage."""
        noise, label = Input((self.latent_dim,)), Input((1,), dtype="int32")
        small = getattr(self, f"generator_1{end}")([noise, label])
        large = getattr(self, f"generator_2{end}")([small, noise, label])
        return [Model([noise, label], img, name="generator")
                for img in (enlarged(small, self.img_shape), large)]

    def enter_stage(self):
        """Give the models of this stage their usual names."""
        i = self.stage
        self.generator, self.generator_ema = self.stacks[i], self.stacks_ema[i]
        self.discriminator = getattr(self, f"discriminator_{i + 1}")
        self.combined = getattr(self, f"combined_{i + 1}")

    def begin_stage(self):
        """The second stage begins. From now on the first one is what its average is."""
        super().begin_stage()
        self.generator_1.set_weights(self.generator_1_ema.get_weights())

    def judge(self, samples, *labels):
        """D's validity (batch, 1) of pictures in full size, in inference."""
        return super().judge(samples if self.stage else quarter(samples), *labels)
