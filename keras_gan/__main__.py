"""`python -m keras_gan` is the command `keras-gan`."""
from keras_gan.command_line import main

main()
