"""Prints where this PyTorch keeps its checkpoints."""

import os

import torch.hub

print(os.path.join(torch.hub.get_dir(), "checkpoints"), end="")
