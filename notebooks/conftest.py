import os

os.environ["KERAS_GAN_QUICK"] = "1"        # for the kernels, and for course.py in this process
