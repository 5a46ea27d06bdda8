"""The scripts of PyTorch-GAN, with the networks of the other peers here.

The generator takes its step first, then the discriminator on the same fakes. It takes
one step a turn, on the mean of both losses; Keras-GAN's takes two.
"""
import itertools
import math

import numpy as np
import torch
from torch import nn

from worker import CLASSES, IMG_SHAPES, LATENT_DIM, LEARNING_RATES, arguments, pictures, serve


class Generator(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.work, layers = work, []
        if work == "cgan":
            self.label_emb = nn.Embedding(CLASSES, LATENT_DIM)
        if work == "dcgan":
            self.l1 = nn.Sequential(nn.Linear(LATENT_DIM, 8 * 10 * 512), nn.ReLU())
            for channels, filters in ((512, 256), (256, 128), (128, 64), (64, 32)):
                layers += [nn.Upsample(scale_factor=2),
                           nn.Conv2d(channels, filters, 3, padding=1),
                           nn.BatchNorm2d(filters, momentum=0.2),
                           nn.ReLU(inplace=True)]
            layers += [nn.Conv2d(32, 3, 3, padding=1), nn.Tanh()]
        else:
            for inputs, width in ((LATENT_DIM, 256), (256, 512), (512, 1024)):
                layers += [nn.Linear(inputs, width),
                           nn.LeakyReLU(0.2, inplace=True),
                           nn.BatchNorm1d(width, momentum=0.2)]
            layers += [nn.Linear(1024, math.prod(IMG_SHAPES[work])), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, z, labels):
        if self.work == "dcgan":
            return self.model(self.l1(z).view(-1, 512, 8, 10))
        height, width, channels = IMG_SHAPES[self.work]
        img = self.model(z * self.label_emb(labels) if self.work == "cgan" else z)
        return img.view(-1, channels, height, width)


class Discriminator(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.work, layers, pixels = work, [], math.prod(IMG_SHAPES[work])
        if work == "cgan":
            self.label_emb = nn.Embedding(CLASSES, pixels)
        if work == "dcgan":
            pairs = ((3, 32), (32, 64), (64, 128), (128, 256), (256, 512))
            for i, (channels, filters) in enumerate(pairs):
                layers.append(nn.Conv2d(channels, filters, 3, stride=2, padding=1))
                if i == 1:
                    layers.append(nn.ZeroPad2d((0, 1, 0, 1)))
                if i:
                    layers.append(nn.BatchNorm2d(filters, momentum=0.2))
                layers += [nn.LeakyReLU(0.2, inplace=True), nn.Dropout(0.25)]
            layers += [nn.Flatten(), nn.Linear(5 * 6 * 512, 1), nn.Sigmoid()]
        else:
            layers.append(nn.Flatten())
            widths = (pixels, 512, 256) if work == "gan" else (pixels, 512, 512, 512)
            for i, (inputs, width) in enumerate(itertools.pairwise(widths)):
                layers += [nn.Linear(inputs, width), nn.LeakyReLU(0.2, inplace=True)]
                if work == "cgan" and i:
                    layers.append(nn.Dropout(0.4))
            layers += [nn.Linear(widths[-1], 1), nn.Sigmoid()]
        self.model = nn.Sequential(*layers)

    def forward(self, img, labels):
        return self.model(img.flatten(1) * self.label_emb(labels) if self.work == "cgan" else img)


class Training:
    def __init__(self, work, batch_size, way):
        self.batch_size = batch_size
        self.format = torch.channels_last if "channels_last" in way else torch.contiguous_format
        images, labels = pictures(IMG_SHAPES[work])
        self.images = np.ascontiguousarray(np.moveaxis(images / np.float32(127.5) - 1, 3, 1))
        self.labels = labels.astype("int64")
        networks = [network(work).to(memory_format=self.format)
                    for network in (Generator, Discriminator)]
        self.optimizer_G, self.optimizer_D = (
            torch.optim.Adam(network.parameters(), lr=LEARNING_RATES[work], betas=(0.5, 0.999))
            for network in networks)
        if "compile" in way:
            networks = map(torch.compile, networks)
        self.generator, self.discriminator = networks
        self.adversarial_loss = nn.BCELoss()

    def train(self, steps):
        valid, fake = torch.ones(self.batch_size, 1), torch.zeros(self.batch_size, 1)
        for _ in range(steps):
            idx = np.random.randint(0, len(self.images), self.batch_size)
            real_imgs = torch.from_numpy(self.images[idx]).contiguous(memory_format=self.format)
            labels = torch.from_numpy(self.labels[idx])

            self.optimizer_G.zero_grad()
            z = torch.randn(self.batch_size, LATENT_DIM)
            gen_imgs = self.generator(z, labels)
            g_loss = self.adversarial_loss(self.discriminator(gen_imgs, labels), valid)
            g_loss.backward()
            self.optimizer_G.step()

            self.optimizer_D.zero_grad()
            real_loss = self.adversarial_loss(self.discriminator(real_imgs, labels), valid)
            fake_loss = self.adversarial_loss(self.discriminator(gen_imgs.detach(), labels), fake)
            d_loss = (real_loss + fake_loss) / 2
            d_loss.backward()
            self.optimizer_D.step()
            d_loss.item(), g_loss.item()


if __name__ == "__main__":
    work, batch_size, way = arguments()
    serve(Training(work, batch_size, way).train)
