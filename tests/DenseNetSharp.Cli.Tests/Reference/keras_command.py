"""keras_command.py OUT: the files of keras_files.py, an image, and what PyTorch's network of the same weights makes of it as Keras prepares it."""
import json
import os
import runpy
import sys

import h5py
import torch
from PIL import Image
from torchvision.transforms import functional as F

out = sys.argv[1]
model = runpy.run_path(os.path.join(os.path.dirname(__file__), "keras_files.py"))["model"]
torch.save(model.state_dict(), f"{out}/expected.pth")
# The same weights by the same names, as a port to PyTorch keeps them.
with h5py.File(f"{out}/applications.h5") as file:
    torch.save({
        str(name): torch.from_numpy(file[layer][name][()]) for layer in file.attrs["layer_names"].astype(str)
        for name in file[layer].attrs["weight_names"].astype(str)}, f"{out}/port.pth")

noise = torch.rand(1, 3, 9, 7, generator=torch.Generator().manual_seed(5))
F.to_pil_image(torch.nn.functional.interpolate(noise, (301, 260), mode="bicubic").clamp(0, 1)[0]).save(f"{out}/photo.png")
image = Image.open(f"{out}/photo.png").resize((224, 224), Image.Resampling.NEAREST)
x = F.normalize(F.to_tensor(image), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))[None]
with torch.no_grad():
    logits = model(x)[0]
    features = torch.nn.functional.relu(model.features(x)).mean((2, 3))
json.dump({"softmax": logits.softmax(0).tolist(), "sigmoid": logits.sigmoid().tolist()}, open(f"{out}/expected.json", "w"))
torch.save({"features": features}, f"{out}/features.pth")
