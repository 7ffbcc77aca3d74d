"""explain.py OUT: what forward hooks keep and retain, and heat maps after the papers, with PyTorch alone."""
import sys

import torch

from common import images, network, randomise

out = sys.argv[1]
LAYERS = {
    "tiny": ["features.conv0", "features.norm0", "features.denseblock1", "features.denseblock2.denselayer1.conv1",
             "features.denseblock2.denselayer2", "features.transition2.conv", "features.denseblock4", "features.norm5"],
    "densenet121": ["features.denseblock2.denselayer7.conv2", "features.denseblock3", "features.norm5"],
}
HOOKED = ["features", "features.conv0", "features.pool0", "features.denseblock1", "features.denseblock1.denselayer2",
          "features.denseblock1.denselayer2.conv1", "features.denseblock1.denselayer2.conv2", "features.transition1",
          "features.transition1.conv", "features.denseblock4.denselayer1", "features.norm5", "classifier"]


def cam_of(method, maps, gradient):
    """Grad-CAM, equations 1 and 2; Grad-CAM++, equations 15 and 19, without exp(score)."""
    if method == "gradcam":
        weights = gradient.mean((2, 3), keepdim=True)
    else:
        denominator = 2 * gradient ** 2 + maps.sum((2, 3), keepdim=True) * gradient ** 3
        alpha = torch.where(denominator == 0, torch.zeros_like(gradient), gradient ** 2 / denominator)
        weights = (alpha * torch.relu(gradient)).sum((2, 3), keepdim=True)
    return torch.relu((weights * maps).sum(1))


def explained(model, x, classes, layer):
    """A layer's maps and the scores' gradient by them; those after the final ReLU for no layer."""
    kept = []

    def hook(_, __, output):
        kept.append(output.detach().requires_grad_())
        return kept[0].clone()

    if layer:
        handle = model.get_submodule(layer).register_forward_hook(hook)
        logits = model(x)
        handle.remove()
    else:
        maps = torch.relu(model.features(x)).detach().requires_grad_()
        kept.append(maps)
        logits = model.classifier(maps.mean((2, 3)))
    score = logits[torch.arange(len(classes)), classes].sum()
    return kept[0].detach(), torch.autograd.grad(score, kept[0])[0]


for name, layers in LAYERS.items():
    torch.manual_seed(31)
    model = randomise(network(name)).eval()
    # In float64: Grad-CAM's sums cancel in places, where PyTorch's own float32 is a thousandth off.
    x = images(3, 97, 97).double()
    classes = torch.tensor([1, 5, 3])
    torch.save(model.state_dict(), f"{out}/{name}.pth")
    model.double()
    result = {"x": x, "logits": model(x).detach()}
    for layer in [*layers, ""]:
        maps, gradient = explained(model, x, classes, layer)
        for method in ("gradcam", "gradcam++"):
            result[f"{method} {layer}"] = cam_of(method, maps, gradient)
        if not layer:
            result["cam "] = torch.einsum("nc,nchw->nhw", model.classifier.weight[classes], maps).detach()
    torch.save({key: value.float() for key, value in result.items()}, f"{out}/{name}-maps.pth")

# What hooks keep over a training step: the output itself, which retains its gradient.
torch.manual_seed(32)
model = randomise(network("tiny")).train()
torch.save(model.state_dict(), f"{out}/hooked.pth")
kept = {}


def keep(name):
    def hook(_, __, output):
        output.retain_grad()
        kept[name] = output
    return hook


for name in HOOKED:
    model.get_submodule(name).register_forward_hook(keep(name))
x = images(3, 64, 64)
# Not in place: torchvision's last ReLU would write over what the hooks on norm5 and features keep.
logits = model.classifier(torch.relu(model.features(x)).mean((2, 3)))
torch.nn.functional.cross_entropy(logits, torch.tensor([1, 5, 3])).backward()
torch.save({"x": x, **{f"output {name}": output.detach() for name, output in kept.items()},
            **{f"gradient {name}": output.grad for name, output in kept.items()}}, f"{out}/hooked-tensors.pth")
model.eval()
kept.clear()
for count in (1, 3):
    model(x[:count])
    torch.save({f"output {name}": output.detach().clone() for name, output in kept.items()
                if name not in ("features", "features.norm5")}, f"{out}/hooked-evaluated{count}.pth")
