"""describe.py OUT: each network's text, module names and freshly seeded weights."""
import sys

import torch

from common import NETWORKS, network

out = sys.argv[1]
for name in NETWORKS:
    torch.manual_seed(1234)
    model = network(name)
    torch.save(model.state_dict(), f"{out}/{name}-initial.pth")
    with open(f"{out}/{name}.txt", "w") as file:
        file.write(str(model))
    with open(f"{out}/{name}-modules.txt", "w") as file:
        file.writelines(f"{module} {type(value).__name__}\n" for module, value in model.named_modules())
    with open(f"{out}/{name}-keys.txt", "w") as file:
        file.writelines(f"{key} {list(value.shape)}\n" for key, value in model.state_dict().items())
