"""The U-Net, a network from pictures to pictures of the same size.

Olaf Ronneberger, Philipp Fischer, Thomas Brox, 2015, "U-Net: Convolutional networks for
biomedical image segmentation", arXiv:1505.04597. Phillip Isola et al. (2016,
arXiv:1611.07004, section 3.2) brought it to translation: what is to stay where it was
need not pass through the coarsest feature maps.

The numbers are those of Keras-GAN's CycleGAN.
"""
from keras.layers import (
    Concatenate,
    Conv2D,
    Cropping2D,
    GroupNormalization,
    LeakyReLU,
    UpSampling2D,
)


def unet(img, channels, base_channels, halvings):
    """The layers of a U-Net.

    Args:
        img: `keras.KerasTensor` (batch, height, width, channels of the input), of any
            size.
        channels: int, of the output.
        base_channels: int, channels after the first halving. They double with every
            halving.
        halvings: int, at least 1.

    Returns:
        `keras.KerasTensor` (batch, height, width, channels), in [-1, 1].
    """
    def conv2d(x, filters):
        x = Conv2D(filters, 4, strides=2, padding="same")(x)
        x = LeakyReLU(negative_slope=0.2)(x)
        return GroupNormalization(groups=-1)(x)                        # a group for each channel

    def upsampled(x, like):
        x = UpSampling2D()(x)
        spare = [[0, a - b] for a, b in zip(x.shape[1:3], like.shape[1:3])]
        return x if spare == [[0, 0], [0, 0]] else Cropping2D(spare)(x)

    def deconv2d(x, skip, filters):
        x = Conv2D(filters, 4, padding="same", activation="relu")(upsampled(x, like=skip))
        x = GroupNormalization(groups=-1)(x)
        return Concatenate()([x, skip])

    # Downsampling, here of 128x128
    widths = [base_channels * 2 ** i for i in range(halvings)]         # 32, 64, 128, 256
    downs = [conv2d(img, widths[0])]                                   # (64, 64, 32)
    for filters in widths[1:]:
        downs.append(conv2d(downs[-1], filters))                       # ... (8, 8, 256)

    # Upsampling, each time beside what had that size on the way down
    x = downs.pop()
    for filters, skip in zip(widths[-2::-1], downs[::-1]):
        x = deconv2d(x, skip, filters)                                 # ... (64, 64, 64)
    x = upsampled(x, like=img)                                         # (128, 128, 64)
    return Conv2D(channels, 4, padding="same", activation="tanh")(x)   # (128, 128, 3)
