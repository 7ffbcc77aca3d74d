"""trainer.py OUT: images in folders, the batches that ImageFolder and DataLoader make of them, and a small network for them."""
import sys

import torch

from common import network, randomise, save_batches, script, small_folder

out = sys.argv[1]
data = small_folder(f"{out}/images")
torch.manual_seed(8)
model = randomise(network("tiny", num_classes=3))
torch.save(model.state_dict(), f"{out}/initial.pth")
script(model, f"{out}/network.pt")
save_batches(data, 5, (20, 21), f"{out}/batches.pth")
