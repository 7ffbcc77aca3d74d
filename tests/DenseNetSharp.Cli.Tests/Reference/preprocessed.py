"""preprocessed.py FILE IMAGE PRESET: fails unless FILE's tensor is what torchvision makes of IMAGE."""
import json
import struct
import sys

import numpy as np
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

file, image, preset = sys.argv[1:]
NORMALIZE = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def steps(resize, crop, interpolation):
    crops = [transforms.CenterCrop(crop)] if crop else []
    return transforms.Compose([transforms.Resize(resize, interpolation), *crops, transforms.ToTensor(), NORMALIZE])


expected = {
    "torchvision-imagenet": steps(256, 224, InterpolationMode.BILINEAR),
    # timm: floor(size / crop_pct), bicubic.
    "densenet121.ra_in1k": steps(int(224 / 0.875), 224, InterpolationMode.BICUBIC),
    "timm-288": steps(int(288 / 0.95), 288, InterpolationMode.BICUBIC),
    # Keras: load_img(target_size=(224, 224)) takes the nearest pixel.
    "keras-imagenet": steps((224, 224), None, InterpolationMode.NEAREST),
}[preset](Image.open(image).convert("RGB"))[None]

with open(file, "rb") as stream:
    header = json.loads(stream.read(struct.unpack("<Q", stream.read(8))[0]))
    data = stream.read()
assert header["pixels"]["dtype"] == "F32", header
assert header["pixels"]["shape"] == list(expected.shape), header
actual = torch.from_numpy(np.frombuffer(data, dtype=np.float32).reshape(expected.shape).copy())
assert torch.equal(actual, expected), f"{(actual != expected).sum()} values differ, by up to {(actual - expected).abs().max()}"
