"""`python -m keras_gan` is the command `keras-gan`."""
from keras_gan.command.line import main

main()
