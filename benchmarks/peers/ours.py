"""This project: the turn of `train`, on batches from the same threads."""
from data_loaders.batches import Batches
from keras_gan import CGAN, DCGAN, GAN
from worker import arguments, pictures, serve


class Training:
    def __init__(self, work, batch_size, recipe, way=""):
        xla = {"XLA": True, "no XLA": False}.get(way, "auto")
        self.gan = {"gan": GAN, "dcgan": DCGAN, "cgan": CGAN}[work](recipe=recipe, jit_compile=xla)
        images, labels = pictures(self.gan.img_shape)
        labels = labels[:, None] if work == "cgan" else None
        self.batches = Batches(images, labels, batch_size, seed=0).from_batch(0)
        self.turn = self.gan.train_on_batch if way == "call by call" else self.gan.compiled_turn()

    def train(self, steps):
        for _ in range(steps):
            batch = next(self.batches)
            self.turn(*batch, self.gan.random_numbers(len(batch[0])))


if __name__ == "__main__":
    work, batch_size, way = arguments()
    serve(Training(work, batch_size, *way.split(", ")).train)
