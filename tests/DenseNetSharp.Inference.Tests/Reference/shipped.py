"""The shipped checkpoint as torchvision's network, and images as it takes them."""
import json
import os

import torch
from PIL import Image
from torchvision.models.densenet import DenseNet
from torchvision.transforms import functional as F


def load(folder):
    """The network, and its run.json."""
    state = torch.load(os.path.join(folder, "fashion-mnist.pth"))
    run = json.load(open(os.path.join(folder, "run.json")))
    init, channels = state["features.conv0.weight"].shape[:2]
    growth = state["features.denseblock1.denselayer1.conv2.weight"].shape[0]
    bottleneck = state["features.denseblock1.denselayer1.conv1.weight"].shape[0]
    layers = [key.split(".")[1] for key in state if key.endswith(".conv2.weight")]
    blocks = [layers.count(block) for block in dict.fromkeys(layers)]
    model = DenseNet(growth, blocks, init, bottleneck // growth, num_classes=len(run["classNames"]))
    model.features.conv0 = torch.nn.Conv2d(channels, init, 7, 2, 3, bias=False)
    model.load_state_dict(state)
    return model.eval(), run


def prepare(image, run):
    """[1, channels, height, width] of a Pillow image."""
    preset = run["preset"]
    size = (preset["fixedSize"]["width"], preset["fixedSize"]["height"])
    image = image.convert("L" if preset["channels"] == 1 else "RGB").resize(size, Image.BILINEAR)
    return F.normalize(F.to_tensor(image), preset["mean"], preset["std"])[None]
