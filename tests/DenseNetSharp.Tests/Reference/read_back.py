"""read_back.py FILE REFERENCE: a strict load of our file into torchvision's network; prints what differs."""
import sys

import torch

from common import network

ours, reference = torch.load(sys.argv[1]), torch.load(sys.argv[2])
model = network("tiny")
model.load_state_dict(ours, strict=True)
print("order" if list(ours) != list(reference) else "", end="")
print(",".join(k for k, v in reference.items() if not torch.equal(model.state_dict()[k], v)), end="")
print("metadata" if dict(ours._metadata) != dict(reference._metadata) else "", end="")
