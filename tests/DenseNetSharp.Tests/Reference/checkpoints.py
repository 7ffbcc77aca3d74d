"""checkpoints.py OUT: the tiny network's state dict as PyTorch and torchvision's official files write it."""
import re
import sys
from collections import OrderedDict

import torch

from common import images, network, randomise, script

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

torch.save({"input": images(2, 64, 64)}, f"{out}/input.pth")
script(model, f"{out}/network.pt")

# A Keras port: keras.applications' layer names, kernels [height, width, in, out], an epsilon of 1.001e-5, no counters.
keras = network("tiny")
keras.load_state_dict(state)
keras.eval()
for module in keras.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        module.eps = 1.001e-5
layers = {"features.conv0": "conv1/conv", "features.norm0": "conv1/bn", "features.norm5": "bn", "classifier": "predictions"}
parts = {"norm1": "0_bn", "conv1": "1_conv", "norm2": "1_bn", "conv2": "2_conv"}
for name, _ in keras.named_modules():
    layer = re.fullmatch(r"features\.denseblock(\d)\.denselayer(\d+)\.(\w+)", name)
    if layer and layer[3] in parts:
        layers[name] = f"conv{int(layer[1]) + 1}_block{layer[2]}_{parts[layer[3]]}"
    transition = re.fullmatch(r"features\.transition(\d)\.(norm|conv)", name)
    if transition:
        layers[name] = f"pool{int(transition[1]) + 1}_{'bn' if transition[2] == 'norm' else 'conv'}"
words = {"bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
port = {}
for key, value in state.items():
    layer, word = key.rsplit(".", 1)
    if word == "num_batches_tracked":
        continue
    if value.dim() == 4:
        port[f"{layers[layer]}/kernel:0"] = value.permute(2, 3, 1, 0).contiguous()
    elif value.dim() == 2:
        port[f"{layers[layer]}/kernel:0"] = value.t().contiguous()
    elif layer == "classifier":
        port[f"{layers[layer]}/bias:0"] = value
    else:
        port[f"{layers[layer]}/{'gamma' if word == 'weight' else words[word]}:0"] = value
torch.save(port, f"{out}/keras.pth")
script(keras, f"{out}/keras.pt")

# What strict=False does in PyTorch with a file that lacks some keys and has others.
partial = network("tiny")
torch.manual_seed(22)
randomise(partial)
torch.save(partial.state_dict(), f"{out}/before.pth")
some = {k: v for k, v in state.items() if "denseblock2" not in k and k != "classifier.bias"}
some["extra.weight"] = torch.zeros(3)
torch.save(some, f"{out}/some.pth")
partial.load_state_dict(some, strict=False)
for name, value in partial.state_dict().items():
    # Counters that the file lacks start anew in PyTorch 1; from 2.1 on the model's own stay.
    if name.endswith("num_batches_tracked") and name not in some:
        value.zero_()
torch.save(partial.state_dict(), f"{out}/after.pth")


def adapt_input_conv(in_chans, conv_weight):
    """timm 1.0.29, timm/models/_manipulate.py, for weights of three channels."""
    if in_chans == 1:
        return conv_weight.sum(dim=1, keepdim=True)
    repeat = -(-in_chans // 3)
    conv_weight = conv_weight.repeat(1, repeat, 1, 1)[:, :in_chans, :, :]
    return conv_weight * (3 / float(in_chans))


torch.save({str(n): adapt_input_conv(n, state["features.conv0.weight"]).contiguous() for n in (1, 2, 4, 7)}, f"{out}/adapted.pth")
torch.save({k: v[:, :2] if k == "features.conv0.weight" else v for k, v in state.items()}, f"{out}/two-channels.pth")
