"""commands.py OUT: images and checkpoints, with what torchvision makes of them."""
import json
import sys

import torch
import torchvision
from PIL import Image, ImageOps

out = sys.argv[1]
torch.manual_seed(11)
model = torchvision.models.densenet121(num_classes=12).eval()
with torch.no_grad():
    # Logits far enough apart that rounding does not change their order.
    model.classifier.weight.mul_(20)
state = model.state_dict()
torch.save(state, f"{out}/zip.pth")
torch.save(state, f"{out}/legacy.pth", _use_new_zipfile_serialization=False)
torch.save(
    {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in state.items() if not k.endswith("num_batches_tracked")}},
    f"{out}/wrapped.pth")
torch.save({"weight": torch.zeros(2, 3), "count": torch.tensor(4)}, f"{out}/other.pth")
with open(f"{out}/labels.txt", "w") as file:
    file.writelines(f"class number {i}\n" for i in range(12))


def picture(width, height, seed):
    noise = torch.rand(3, 9, 7, generator=torch.Generator().manual_seed(seed))
    large = torch.nn.functional.interpolate(noise[None], (height, width), mode="bicubic").clamp(0, 1)[0]
    return torchvision.transforms.functional.to_pil_image(large)


picture(640, 411, 1).save(f"{out}/photo.jpg", quality=88)
picture(300, 500, 2).save(f"{out}/drawing.png")
picture(301, 499, 3).save(f"{out}/drawing.webp", quality=80)
exif = Image.Exif()
exif[0x0112] = 6  # Orientation: to be turned by 90 degrees
picture(320, 243, 4).save(f"{out}/turned.jpg", exif=exif)
ImageOps.exif_transpose(Image.open(f"{out}/turned.jpg")).save(f"{out}/upright.png")
with open(f"{out}/broken.png", "wb") as file:
    file.write(b"this is no image")

preset = torchvision.models.DenseNet121_Weights.IMAGENET1K_V1.transforms()
expected = {}
for name in ("photo.jpg", "drawing.png"):
    with torch.no_grad():
        probabilities = model(preset(Image.open(f"{out}/{name}").convert("RGB"))[None]).softmax(1)[0]
    values, indices = probabilities.topk(3)
    expected[name] = [{"index": i, "probability": p} for i, p in zip(indices.tolist(), values.tolist())]
with open(f"{out}/expected.json", "w") as file:
    json.dump(expected, file)
with open(f"{out}/densenet201.txt", "w") as file:
    file.write(str(torchvision.models.densenet201(num_classes=17)))
