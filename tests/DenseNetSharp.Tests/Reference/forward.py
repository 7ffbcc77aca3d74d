"""forward.py OUT THREADS: for each network its weights, and inputs with every block's output and the logits."""
import sys

import torch

from common import NETWORKS, images, network, randomise

out, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)

for name in NETWORKS:
    torch.manual_seed(5)
    model = randomise(network(name)).eval()
    torch.save(model.state_dict(), f"{out}/{name}.pth")
    recorded = {}
    # A clone at once: the ReLU after a norm overwrites its output in place.
    for child, module in model.features.named_children():
        module.register_forward_hook(lambda m, i, o, child=child: recorded.__setitem__(f"features.{child}", o.clone()))
    for batch in (1, 3):
        for size in (224, 97):
            recorded.clear()
            x = images(batch, size, size)
            with torch.no_grad():
                logits = model(x)
            torch.save({"input": x, **recorded, "logits": logits}, f"{out}/{name}-{batch}-{size}.pth")
