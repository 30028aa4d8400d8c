#!/usr/bin/env python3
"""Trains shapes32.onnx, the encoder of `legonet demo`, on generated public images and on nothing else.

Reads TRAIN/images.npy (uint8 [N, 32, 32, 3]) and TRAIN/labels.npy (int32 [N]) as `legonet generate --set public` writes them, likewise TEST for the
figures printed at the end. Writes an ONNX graph: `pixels` float32 [N, 3, 32, 32] (RGB, x / 127.5 - 1) to `features` float32 [N, 256], batch normalisation
folded. Needs torch, onnx and numpy; runs on the CPU in a few minutes.
"""
import argparse
import time

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH = 256


class Block(nn.Module):
    """3x3 convolution, batch normalisation, ReLU."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class Encoder(nn.Module):
    """[N, 3, 32, 32] to [N, WIDTH]: seven convolutions down to 4x4, 2x2 mean pooling (which keeps a rough sense of place), one dense layer."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            Block(3, 16, 1), Block(16, 32, 2), Block(32, 32, 1), Block(32, 64, 2), Block(64, 64, 1), Block(64, 128, 2), Block(128, 128, 1))
        self.dense = nn.Linear(128 * 4, WIDTH, bias=False)
        self.norm = nn.BatchNorm1d(WIDTH)

    def forward(self, x):
        x = F.avg_pool2d(self.body(x), 2)
        return F.relu(self.norm(self.dense(x.flatten(1))))


class Folded(nn.Module):
    """The same function without batch normalisation: its scale and shift are multiplied into the weights."""

    def __init__(self, encoder):
        super().__init__()
        self.body = nn.Sequential(*[m for b in encoder.body for m in (torch.nn.utils.fusion.fuse_conv_bn_eval(b.conv, b.norm), nn.ReLU())])
        scale = encoder.norm.weight / torch.sqrt(encoder.norm.running_var + encoder.norm.eps)
        self.dense = nn.Linear(128 * 4, WIDTH)
        self.dense.weight.data = encoder.dense.weight * scale[:, None]
        self.dense.bias.data = encoder.norm.bias - encoder.norm.running_mean * scale

    def forward(self, x):
        return F.relu(self.dense(F.avg_pool2d(self.body(x), 2).flatten(1)))


def augment(x, generator):
    """Per batch: a flip, a quarter turn, a shift of up to two pixels; per image: a shuffle of the colour channels, now and then a negative."""
    if torch.rand((), generator=generator) < 0.5:
        x = x.flip(3)
    x = torch.rot90(x, int(torch.randint(4, (), generator=generator)), (2, 3))
    dy, dx = (int(torch.randint(-2, 3, (), generator=generator)) for _ in range(2))
    x = F.pad(x, (2, 2, 2, 2), mode="replicate")[:, :, 2 + dy:34 + dy, 2 + dx:34 + dx]
    order = torch.argsort(torch.rand(x.shape[0], 3, generator=generator), 1)
    x = torch.gather(x, 1, order[:, :, None, None].expand(-1, -1, 32, 32))
    return x * (1 - 2 * (torch.rand(x.shape[0], 1, 1, 1, generator=generator) < 0.2).float())


def load(folder):
    images = np.load(f"{folder}/images.npy", mmap_mode="r")
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))), torch.from_numpy(np.load(f"{folder}/labels.npy")).long()


def as_input(images):
    return images.float() / 127.5 - 1


def encode(encoder, images, batch=500):
    encoder.eval()
    with torch.no_grad():
        return torch.cat([encoder(as_input(images[i:i + batch])) for i in range(0, len(images), batch)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", required=True, help="folder of the public training images")
    parser.add_argument("--test", required=True, help="folder of the public test images")
    parser.add_argument("--out", default="shapes32.onnx")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=4e-3, help="largest learning rate")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20240601)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    torch.use_deterministic_algorithms(True)
    generator = torch.Generator().manual_seed(args.seed)
    images, labels = load(args.train)
    classes = int(labels.max()) + 1
    encoder, head = Encoder(), nn.Sequential(nn.Dropout(0.2), nn.Linear(WIDTH, classes))
    network = nn.Sequential(encoder, head).to(memory_format=torch.channels_last)
    steps = args.epochs * (len(images) // args.batch)
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=steps, pct_start=0.2)
    started = time.time()
    for epoch in range(args.epochs):
        network.train()
        order, total = torch.randperm(len(images), generator=generator), 0.0
        for i in range(len(images) // args.batch):
            rows = order[i * args.batch:(i + 1) * args.batch]
            pixels = augment(as_input(images[rows]), generator).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(network(pixels), labels[rows], label_smoothing=0.05)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{args.epochs}  loss {total / (len(images) // args.batch):.3f}  {time.time() - started:.0f} s", flush=True)

    test_images, test_labels = load(args.test)
    network.eval()
    features = encode(encoder, test_images)
    with torch.no_grad():
        accuracy = (head(features).argmax(1) == test_labels).float().mean().item()
    folded = Folded(encoder.eval()).eval()
    difference = (encode(folded, test_images) - features).abs().max().item()
    print(f"public test accuracy {accuracy:.4f} over {classes} classes; folding moved no feature by more than {difference:.1e}")

    example = torch.zeros(2, 3, 32, 32)
    axes = {"pixels": {0: "N"}, "features": {0: "N"}}
    torch.onnx.export(folded, example, args.out, input_names=["pixels"], output_names=["features"], dynamic_axes=axes, opset_version=13)
    model = onnx.load(args.out)
    onnx.checker.check_model(model)
    model.producer_name, model.doc_string = "LegoNet.MLNet", "shapes32: 32x32 RGB images to 256 features, trained on generated public images."
    onnx.save(model, args.out)
    print(f"{args.out}: {len(model.SerializeToString())} bytes, {sum(p.numel() for p in folded.parameters())} weights")


if __name__ == "__main__":
    main()
