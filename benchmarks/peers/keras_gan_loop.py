"""The loop of Keras-GAN: `predict`, and three `train_on_batch` a turn.

Its freeze is repaired as Keras 3 allows it: Keras reads the flag `trainable` when it
traces the first batch. So each model is traced with the flag that it needs. A new batch
shape would need that again.
"""
import keras
import numpy as np

from keras_networks import discriminator, generator
from worker import IMG_SHAPES, LATENT_DIM, LEARNING_RATES, arguments, pictures, serve


class KerasGANLoop:
    def __init__(self, work, batch_size):
        self.batch_size, self.conditional = batch_size, work == "cgan"
        X, self.y_train = pictures(IMG_SHAPES[work])
        self.X_train = X / np.float32(127.5) - 1
        self.y_train = self.y_train.reshape(-1, 1)

        self.discriminator = discriminator(work)
        self.discriminator.compile(loss="binary_crossentropy",
                                   optimizer=keras.optimizers.Adam(LEARNING_RATES[work], 0.5),
                                   metrics=["accuracy"])
        img = np.zeros((batch_size, *IMG_SHAPES[work]), "float32")
        self.discriminator.train_on_batch(self.with_labels(img, self.y_train[:batch_size]),
                                          np.ones((batch_size, 1)))

        self.generator = generator(work)
        self.discriminator.trainable = False
        noise, label = keras.Input((LATENT_DIM,)), keras.Input((1,), dtype="int32")
        inputs = self.with_labels(noise, label)
        img = self.generator(inputs)
        self.combined = keras.Model(inputs, self.discriminator(self.with_labels(img, label)))
        self.combined.compile(loss="binary_crossentropy",
                              optimizer=keras.optimizers.Adam(LEARNING_RATES[work], 0.5))

    def with_labels(self, x, labels):
        return [x, labels] if self.conditional else x

    def train(self, steps):
        valid, fake = np.ones((self.batch_size, 1)), np.zeros((self.batch_size, 1))
        for _ in range(steps):
            idx = np.random.randint(0, len(self.X_train), self.batch_size)
            imgs, labels = self.X_train[idx], self.y_train[idx]
            noise = np.random.normal(0, 1, (self.batch_size, LATENT_DIM))
            gen_imgs = self.generator.predict(self.with_labels(noise, labels), verbose=0)
            reals, fakes = self.with_labels(imgs, labels), self.with_labels(gen_imgs, labels)
            d_loss_real = self.discriminator.train_on_batch(reals, valid)
            d_loss_fake = self.discriminator.train_on_batch(fakes, fake)
            np.add(d_loss_real, d_loss_fake) * 0.5
            self.combined.train_on_batch(self.with_labels(noise, labels), valid)


if __name__ == "__main__":
    work, batch_size, _ = arguments()
    serve(KerasGANLoop(work, batch_size).train)
