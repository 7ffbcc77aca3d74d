"""networks.py OUT: torchvision DenseNets with random weights, and images with their logits and pooled features.

The batch norms' statistics are those of the network's own activations on some images, as training would leave them: with
others, activations grow or vanish from layer to layer, and rounding does not weigh what it weighs in a real network.
"""
import sys

import torch
import torch.nn.functional as F
from torchvision.models.densenet import DenseNet

out = sys.argv[1]

# name: constructor arguments, other differences, and (batch, height, width) of images.
NETWORKS = {
    "densenet121": (dict(growth_rate=32, block_config=(6, 12, 24, 16), num_init_features=64), {}, [(1, 224, 224), (3, 97, 131)]),
    "densenet169": (dict(growth_rate=32, block_config=(6, 12, 32, 32), num_init_features=64), {}, [(1, 224, 224), (2, 96, 96)]),
    "densenet201": (dict(growth_rate=32, block_config=(6, 12, 48, 32), num_init_features=64), {}, [(1, 224, 224), (2, 96, 96)]),
    "densenet161": (dict(growth_rate=48, block_config=(6, 12, 36, 24), num_init_features=96), {}, [(1, 224, 224), (2, 96, 96)]),
    "fashion": (dict(growth_rate=16, block_config=(3, 4, 6, 3), num_init_features=32, num_classes=10), dict(channels=1), [(9, 29, 29), (4, 32, 32)]),
    "cifar": (dict(growth_rate=12, block_config=(4, 4, 4), num_init_features=24, num_classes=100), {}, [(8, 32, 32), (1, 13, 200)]),
    "wide": (dict(growth_rate=24, block_config=(2, 3, 4, 2), num_init_features=50, bn_size=7, num_classes=18), dict(channels=2, eps=1e-3), [(5, 45, 61), (1, 225, 159)]),
    "odd": (dict(growth_rate=7, block_config=(2, 1, 3, 1, 2), num_init_features=9, bn_size=2, num_classes=3), dict(channels=5), [(1, 61, 61), (7, 100, 63)]),
}

for index, (name, (options, other, sizes)) in enumerate(NETWORKS.items()):
    torch.manual_seed(index)
    model = DenseNet(**options).eval()
    channels = other.get("channels", 3)
    if channels != 3:
        model.features.conv0 = torch.nn.Conv2d(channels, options["num_init_features"], 7, stride=2, padding=3, bias=False)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eps = other.get("eps", 1e-5)
                module.momentum = None  # The statistics of all batches alike: here of one.
                module.weight.uniform_(0.6, 1.4)
                module.bias.normal_(0, 0.2)
            elif isinstance(module, torch.nn.Linear):
                module.bias.normal_(0, 0.2)
        _, height, width = sizes[0]
        model.train()(torch.randn(8, channels, height, width))
        model.eval()
        torch.save(model.state_dict(), f"{out}/{name}.pth")
        for n, height, width in sizes:
            images = torch.randn(n, channels, height, width)
            features = F.adaptive_avg_pool2d(F.relu(model.features(images)), 1).flatten(1)
            torch.save(
                {"images": images, "features": features, "logits": model(images)}, f"{out}/{name}-{n}x{height}x{width}.pth"
            )
