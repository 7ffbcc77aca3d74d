"""Prints what the published networks of family.py have: tensors, parameters, multiply-adds and features, as JSON."""

import json
import sys

import torch

import family


def describe(options):
    model = family.Family(**options).eval()
    counts = []

    def count(module, inputs, output):
        if isinstance(module, torch.nn.Conv2d):
            counts.append(output.numel() * module.in_channels * module.kernel_size[0] * module.kernel_size[1])
        elif isinstance(module, torch.nn.Linear):
            counts.append(output.numel() * module.in_features)

    for module in model.modules():
        module.register_forward_hook(count)
    with torch.no_grad():
        model(torch.zeros(1, 3, 48, 33))
    return {
        "entries": [f"{key} {list(value.shape)}" for key, value in model.state_dict().items()],
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "multiplyAdds": sum(counts),
        "features": model.classifier.in_features,
        "classes": model.classifier.out_features,
        "epsilon": next(module.eps for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)),
    }


json.dump({name: describe(options) for name, options in family.PUBLISHED.items()}, sys.stdout)
