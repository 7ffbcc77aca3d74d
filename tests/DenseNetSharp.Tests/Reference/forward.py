"""forward.py OUT: each network, with batch norms that have learnt something: its weights, and scripted."""
import sys

import torch

from common import NETWORKS, network, randomise, script

out = sys.argv[1]
for name in NETWORKS:
    torch.manual_seed(5)
    model = randomise(network(name)).eval()
    torch.save(model.state_dict(), f"{out}/{name}.pth")
    script(model, f"{out}/{name}.pt")
