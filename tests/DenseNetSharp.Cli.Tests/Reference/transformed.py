"""transformed.py FILE IMAGE EXPRESSION: fails unless FILE's tensor is what a torchvision transform makes of IMAGE."""
import json
import struct
import sys

import numpy as np
import torch
from PIL import Image
from torchvision import transforms as T

file, image, expression = sys.argv[1:]
IMAGENET = T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
expected = T.Compose(eval(f"[{expression}]"))(Image.open(image).convert("RGB"))[None]
with open(file, "rb") as stream:
    header = json.loads(stream.read(struct.unpack("<Q", stream.read(8))[0]))
    data = stream.read()
assert header["pixels"]["shape"] == list(expected.shape), (header, expected.shape)
actual = torch.from_numpy(np.frombuffer(data, dtype=np.float32).reshape(expected.shape).copy())
assert torch.equal(actual, expected), f"{(actual != expected).sum()} values differ, by up to {(actual - expected).abs().max()}"
