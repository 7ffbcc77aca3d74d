"""optimizers.py OUT: parameters, twenty steps' gradients, and what torch.optim makes of them."""
import sys

import torch

SHAPES, STEPS = ((16, 8, 3, 3), (16,), (5, 16)), 20
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-4),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-4, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=2e-3, weight_decay=1e-4),
    "adamw": lambda p: torch.optim.AdamW(p, lr=2e-3, weight_decay=0.01),
}

out = sys.argv[1]
torch.manual_seed(4)
initial = [torch.randn(shape) for shape in SHAPES]
gradients = [[torch.randn(shape) for shape in SHAPES] for _ in range(STEPS)]
torch.save({f"p{i}": p for i, p in enumerate(initial)}, f"{out}/initial.pth")
torch.save({f"g{step}-{i}": g for step, gs in enumerate(gradients) for i, g in enumerate(gs)}, f"{out}/gradients.pth")
for name, make in OPTIMIZERS.items():
    parameters = [torch.nn.Parameter(p.clone()) for p in initial]
    optimizer = make(parameters)
    for step in gradients:
        for parameter, gradient in zip(parameters, step):
            parameter.grad = gradient.clone()
        optimizer.step()
    torch.save({f"p{i}": p.detach() for i, p in enumerate(parameters)}, f"{out}/{name}.pth")
