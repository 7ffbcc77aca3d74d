"""cuda.py OUT: PyTorch's logits and one training step on its own GPU."""
import sys

import torch
import torch.nn.functional as F

from common import images, network, randomise

out = sys.argv[1]
torch.manual_seed(2)
model = randomise(network("densenet121", num_classes=10))
x, labels = images(4, 96, 96), torch.tensor([1, 3, 5, 7])
torch.save(model.state_dict(), f"{out}/weights.pth")

if torch.cuda.is_available():
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    model = model.cuda().eval()
    with torch.no_grad():
        logits = model(x.cuda()).cpu()
    torch.save({"input": x, "labels": labels, "logits": logits}, f"{out}/forward.pth")
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    F.cross_entropy(model(x.cuda()), labels.cuda()).backward()
    optimizer.step()
    torch.save({k: v.cpu() for k, v in model.state_dict().items()}, f"{out}/trained.pth")
