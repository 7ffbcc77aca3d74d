"""checkpoints.py OUT: the tiny network's state dict as PyTorch and torchvision's official files write it."""
import re
import sys
from collections import OrderedDict

import torch

from common import images, network, randomise

out = sys.argv[1]
torch.manual_seed(21)
model = randomise(network("tiny")).eval()
state = model.state_dict()
torch.save(state, f"{out}/zip.pth")
torch.save(state, f"{out}/legacy.pth", _use_new_zipfile_serialization=False)
torch.save({"epoch": 3, "state_dict": {f"module.{k}": v for k, v in state.items()}}, f"{out}/wrapped.pth")
torch.save({k: v.half() if v.is_floating_point() else v for k, v in state.items()}, f"{out}/half.pth")

# As the official files have it: dotted names in the dense layers, no num_batches_tracked, no _metadata.
dotted = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))([12]\..*)$")
official = OrderedDict(
    (dotted.sub(r"\1.\2", k), v) for k, v in state.items() if not k.endswith("num_batches_tracked"))
torch.save(official, f"{out}/official.pth", _use_new_zipfile_serialization=False)

other_head = dict(state)
other_head["classifier.weight"], other_head["classifier.bias"] = torch.zeros(9, 21), torch.zeros(9)
other_head["classifier.weight"] = torch.zeros(9, state["classifier.weight"].shape[1])
torch.save(other_head, f"{out}/nine-classes.pth")
lacking = dict(state)
del lacking["features.norm0.bias"]
lacking["extra.weight"] = torch.zeros(3)
lacking["features.conv0.weight"] = torch.zeros(10, 3, 5, 5)
torch.save(lacking, f"{out}/lacking.pth")

x = images(2, 64, 64)
with torch.no_grad():
    torch.save({"input": x, "logits": model(x)}, f"{out}/forward.pth")
