"""What the reference scripts share: randomised torchvision DenseNets."""
import torch
import torchvision
from torchvision.models.densenet import DenseNet

NETWORKS = {
    "densenet121": dict(growth_rate=32, block_config=(6, 12, 24, 16), num_init_features=64),
    "densenet169": dict(growth_rate=32, block_config=(6, 12, 32, 32), num_init_features=64),
    "densenet201": dict(growth_rate=32, block_config=(6, 12, 48, 32), num_init_features=64),
    "densenet161": dict(growth_rate=48, block_config=(6, 12, 36, 24), num_init_features=96),
    # Small enough to train in a test, and not a multiple of anything.
    "tiny": dict(growth_rate=6, block_config=(2, 3, 2, 1), num_init_features=10, bn_size=3, num_classes=7),
}


def network(name, **options):
    return DenseNet(**{**NETWORKS[name], **options})


def randomise(model, seed=0):
    """Weights as initialised; batch norms with statistics, scales and shifts that are not the trivial ones."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2, generator=generator)
                module.running_var.uniform_(0.5, 1.5, generator=generator)
                module.weight.uniform_(0.6, 1.4, generator=generator)
                module.bias.normal_(0, 0.2, generator=generator)
                module.num_batches_tracked.fill_(17)
            elif isinstance(module, torch.nn.Linear):
                module.bias.normal_(0, 0.2, generator=generator)
    return model


def images(count, height, width, seed=1):
    return torch.randn(count, 3, height, width, generator=torch.Generator().manual_seed(seed))
