"""The loop of Keras-GAN: `predict`, and three `train_on_batch` a turn.

Its freeze is mended as Keras 3 allows it: the flag `trainable` is read when the first batch is traced, so each model is traced under
the flag that it needs, and a new batch shape would need it again.
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
        self.discriminator.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(LEARNING_RATES[work], 0.5), metrics=["accuracy"])
        img = np.zeros((batch_size, *IMG_SHAPES[work]), "float32")
        self.discriminator.train_on_batch([img, self.y_train[:batch_size]] if self.conditional else img, np.ones((batch_size, 1)))

        self.generator = generator(work)
        self.discriminator.trainable = False
        inputs = [keras.Input((LATENT_DIM,)), keras.Input((1,), dtype="int32")] if self.conditional else keras.Input((LATENT_DIM,))
        img = self.generator(inputs)
        self.combined = keras.Model(inputs, self.discriminator([img, inputs[1]] if self.conditional else img))
        self.combined.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(LEARNING_RATES[work], 0.5))

    def train(self, steps):
        valid, fake = np.ones((self.batch_size, 1)), np.zeros((self.batch_size, 1))
        for _ in range(steps):
            idx = np.random.randint(0, len(self.X_train), self.batch_size)
            imgs, labels = self.X_train[idx], self.y_train[idx]
            noise = np.random.normal(0, 1, (self.batch_size, LATENT_DIM))
            gen_imgs = self.generator.predict([noise, labels] if self.conditional else noise, verbose=0)
            d_loss_real = self.discriminator.train_on_batch([imgs, labels] if self.conditional else imgs, valid)
            d_loss_fake = self.discriminator.train_on_batch([gen_imgs, labels] if self.conditional else gen_imgs, fake)
            np.add(d_loss_real, d_loss_fake) * 0.5
            self.combined.train_on_batch([noise, labels] if self.conditional else noise, valid)


if __name__ == "__main__":
    work, batch_size, _ = arguments()
    serve(KerasGANLoop(work, batch_size).train)
