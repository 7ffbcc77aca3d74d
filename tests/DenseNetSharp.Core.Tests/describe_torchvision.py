"""Prints what torchvision says about its DenseNets and about some of odd sizes, as JSON."""

import json
import sys
import warnings

import torch
import torchvision
from torchvision.models._meta import _IMAGENET_CATEGORIES

warnings.simplefilter("ignore")
NAMES = ["densenet121", "densenet161", "densenet169", "densenet201"]
ODD = [
    dict(growth_rate=4, block_config=[2], num_init_features=6, bn_size=2, num_classes=5),
    dict(growth_rate=3, block_config=[1, 2], num_init_features=5, bn_size=1, num_classes=1),
    dict(growth_rate=5, block_config=[2, 1, 3], num_init_features=7, bn_size=3, num_classes=11),
    dict(growth_rate=2, block_config=[1, 1, 1, 1, 1], num_init_features=9, bn_size=4, num_classes=2),
]


def multiply_adds(model, height, width):
    counts = []

    def count(module, inputs, output):
        if isinstance(module, torch.nn.Conv2d):
            counts.append(output.numel() * module.in_channels * module.kernel_size[0] * module.kernel_size[1])
        elif isinstance(module, torch.nn.Linear):
            counts.append(output.numel() * module.in_features)

    hooks = [module.register_forward_hook(count) for module in model.modules()]
    with torch.no_grad():
        model.eval()(torch.zeros(1, 3, height, width))
    for hook in hooks:
        hook.remove()
    return sum(counts)


def runs(model, size):
    try:
        with torch.no_grad():
            model.eval()(torch.zeros(1, 3, size, size))
        return True
    except RuntimeError:
        return False


def smallest_input(model):
    size = 1
    while not runs(model, size):
        size += 1
    return size


def describe(model):
    state = model.state_dict()
    buffers = {name for name, _ in model.named_buffers()}
    return {
        "entries": [
            f"{key} {str(value.dtype).replace('torch.', '')} {list(value.shape)} "
            + ("Buffer" if key in buffers else "Parameter")
            for key, value in state.items()
        ],
        "modules": [f"{name} {type(module).__name__.lstrip('_')}" for name, module in model.named_modules()],
        "versions": [f"{name} {entry['version']}" for name, entry in state._metadata.items()],
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "features": model.classifier.in_features,
        "multiplyAdds": multiply_adds(model, 224, 224),
        "multiplyAddsWide": multiply_adds(model, 97, 131),
        "smallestInput": smallest_input(model),
    }


result = {
    "named": {name: describe(getattr(torchvision.models, name)()) for name in NAMES},
    "odd": [describe(torchvision.models.DenseNet(**options)) for options in ODD],
    "weights": {},
    "categories": _IMAGENET_CATEGORIES,
}
for name in NAMES:
    entry = getattr(torchvision.models, f"DenseNet{name[8:]}_Weights").IMAGENET1K_V1
    metrics = entry.meta["_metrics"]["ImageNet-1K"]
    result["weights"][name] = {
        "name": f"{type(entry).__name__}.{entry.name}",
        "url": entry.url,
        "parameters": entry.meta["num_params"],
        "top1": metrics["acc@1"],
        "top5": metrics["acc@5"],
        "smallestInput": entry.meta["min_size"][0],
    }
json.dump(result, sys.stdout)
