"""What PyTorch's network says of the shipped images.

Prints the number of its parameters, then a line an image: its path below images, and each class's probability.
"""
import glob
import os
import sys

import torch
from PIL import Image

import shipped

folder = sys.argv[1]
model, run = shipped.load(folder)
print(sum(parameter.numel() for parameter in model.parameters()))
with torch.no_grad():
    for file in sorted(glob.glob(os.path.join(folder, "images", "*", "*.png"))):
        probabilities = model(shipped.prepare(Image.open(file), run))[0].softmax(0).tolist()
        print(os.path.relpath(file, os.path.join(folder, "images")).replace(os.sep, "/"), *probabilities, sep="\t")
