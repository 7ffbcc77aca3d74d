"""train.py OUT: the tiny network's weights, the network scripted without and with dropout, and twenty batches."""
import sys

import torch

from common import network, randomise, script

STEPS, BATCH, SIZE = 20, 4, 48

out = sys.argv[1]
torch.manual_seed(8)
model = randomise(network("tiny"))
initial = model.state_dict()
torch.save(initial, f"{out}/initial.pth")
torch.save({
    "images": torch.randn(STEPS, BATCH, 3, SIZE, SIZE), "labels": torch.randint(0, 7, (STEPS, BATCH))}, f"{out}/batches.pth")
script(model, f"{out}/network.pt")
dropout = network("tiny", drop_rate=0.3)
dropout.load_state_dict(initial)
script(dropout, f"{out}/dropout.pt")

# The masks that PyTorch draws: a network of ones would hide them, so the function alone.
torch.manual_seed(99)
torch.save({
    "small": torch.nn.functional.dropout(torch.ones(4, 6, 12, 12), 0.3),
    "large": torch.nn.functional.dropout(torch.ones(2, 32, 56, 56), 0.2)}, f"{out}/masks.pth")
