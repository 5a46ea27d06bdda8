"""A `keras.Model` with a `train_step` of its own, and `fit`: how keras.io teaches GANs.

The discriminator takes one step a turn, on real and generated pictures together;
Keras-GAN's takes two.
"""
import keras
import tensorflow as tf

from keras_networks import discriminator, generator
from worker import IMG_SHAPES, LATENT_DIM, LEARNING_RATES, arguments, pictures, serve


class GAN(keras.Model):
    def __init__(self, work):
        super().__init__()
        self.conditional = work == "cgan"
        self.discriminator, self.generator = discriminator(work), generator(work)
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    @property
    def metrics(self):
        return [self.d_loss_metric, self.g_loss_metric]

    def with_labels(self, x, labels):
        return [x, labels] if self.conditional else x

    def train_step(self, data):
        real_images, labels = data
        batch_size = tf.shape(real_images)[0]
        both_labels = tf.concat([labels, labels], axis=0)
        random_latent_vectors = tf.random.normal((batch_size, LATENT_DIM))

        generated_images = self.generator(self.with_labels(random_latent_vectors, labels),
                                          training=True)
        combined_images = tf.concat([generated_images, real_images], axis=0)
        truth = tf.concat([tf.zeros((batch_size, 1)), tf.ones((batch_size, 1))], axis=0)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(self.with_labels(combined_images, both_labels),
                                             training=True)
            d_loss = self.loss_fn(truth, predictions)
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights))

        random_latent_vectors = tf.random.normal((batch_size, LATENT_DIM))
        with tf.GradientTape() as tape:
            generated_images = self.generator(self.with_labels(random_latent_vectors, labels),
                                              training=True)
            predictions = self.discriminator(self.with_labels(generated_images, labels),
                                             training=True)
            g_loss = self.loss_fn(tf.ones((batch_size, 1)), predictions)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights))

        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


if __name__ == "__main__":
    work, batch_size, _ = arguments()
    images, labels = pictures(IMG_SHAPES[work])
    dataset = tf.data.Dataset.from_tensor_slices((images, labels.reshape(-1, 1)))
    dataset = dataset.shuffle(1000).repeat().batch(batch_size, drop_remainder=True)
    dataset = dataset.map(lambda imgs, labels: (tf.cast(imgs, "float32") / 127.5 - 1, labels))
    dataset = dataset.prefetch(tf.data.AUTOTUNE)
    gan = GAN(work)
    gan.compile(keras.optimizers.Adam(LEARNING_RATES[work], 0.5),
                keras.optimizers.Adam(LEARNING_RATES[work], 0.5),
                keras.losses.BinaryCrossentropy())
    serve(lambda turns: gan.fit(dataset, steps_per_epoch=turns, verbose=0))
