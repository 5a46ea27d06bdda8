"""What a discriminator says about samples."""
from keras import ops
from keras.saving import register_keras_serializable

from keras_gan.base.batchwise import batchwise

JUDGED_AT_ONCE = 256          # samples


@register_keras_serializable("keras_gan")
def probability(truth, validity):
    """What a discriminator says that ends in a sigmoid. Both (batch, 1), or patches."""
    return validity


@register_keras_serializable("keras_gan")
def probability_of_logits(truth, validity):
    """What a discriminator says that ends in logits, as a probability. Both (batch,
    1)."""
    return ops.sigmoid(validity)


class Judging:
    """The part of a `NoiseGame` in which people ask the discriminator."""

    def probability(self, truth, validity):
        """The validity that D says, as a probability of being real. Both (batch, 1)."""
        said = probability_of_logits if self.from_logits else probability
        return said(truth, validity)

    def judge(self, samples, *labels):
        """D's validity (batch, 1) of samples as the networks see them, in inference.

        A discriminator of several heads says it with the first.
        """
        said = self.discriminator([samples, *labels] if labels else samples, training=False)
        return said[0] if isinstance(said, list) else said

    def discriminate(self, images, labels=None):
        """Ask the discriminator about samples, real or generated.

        Args:
            images: as for `train_on_batch`, any number n of them (with packing whole
                packs). What `generate` made of pictures is in [0, 1]: pass
                2 * pictures - 1.
            labels: their classes, (n,), of a model whose discriminator is told them.

        Returns:
            float32 array (n,): how likely each is real, from 0 to 1. A critic gives
            scores, more is more real. With packing one a pack.

        Raises:
            ValueError: if they don't fit.
        """
        arrays = [self.takes["images"].checked(images)]
        if len(images) % self.packing:
            raise ValueError(f"images must be whole packs of {self.packing}. "
                             f"Received: {len(images)}")
        if labels is not None:
            if "labels" not in self.takes:
                raise ValueError(f"{type(self).__name__} knows no classes. Received: labels")
            arrays.append(self.takes["labels"].checked(labels, len(images)))

        def ask(images, *labels):
            validity = self.judge(self.to_network(images), *map(ops.convert_to_tensor, labels))
            said = ops.convert_to_numpy(self.probability(None, validity)).astype("float32")
            return said.reshape(len(said), -1).mean(axis=1)                # of patches their mean

        return batchwise(ask, arrays, JUDGED_AT_ONCE, "judging", self.packing)
