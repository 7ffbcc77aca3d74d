"""torchvision's side of the inference benchmark.

inference_peer.py export MODEL FOLDER      writes MODEL.pth, MODEL.onnx, MODEL.pt (scripted), MODEL.frozen.pt and images.bin, eight
                                           random images (their side: side.txt)
inference_peer.py eager|traced FOLDER MODEL THREADS
    answers each line: a number of images with the milliseconds that they take, "logit" with the first image's first
    logit, "peak" with the peak of resident memory in MiB
"""
import sys
import time

import torch
import torchvision

mode = sys.argv[1]

if mode == "export":
    _, _, name, folder = sys.argv
    torch.manual_seed(0)
    model = torchvision.models.get_model(name).eval()
    images = torch.randn(8, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    torch.save(model.state_dict(), f"{folder}/{name}.pth")
    scripted = torch.jit.script(model)
    scripted.save(f"{folder}/{name}.pt")
    torch.jit.freeze(scripted).save(f"{folder}/{name}.frozen.pt")
    images.numpy().tofile(f"{folder}/images.bin")
    with open(f"{folder}/side.txt", "w") as file:
        file.write("224")
    torch.onnx.export(
        model, images[:1], f"{folder}/{name}.onnx", opset_version=17, input_names=["images"], output_names=["logits"],
        dynamic_axes={"images": {0: "n"}, "logits": {0: "n"}})
    sys.exit()

_, _, folder, name, threads = sys.argv
torch.set_num_threads(int(threads))
model = torchvision.models.get_model(name)
model.load_state_dict(torch.load(f"{folder}/{name}.pth"))
model.eval()
images = torch.from_file(f"{folder}/images.bin", size=8 * 3 * 224 * 224).view(8, 3, 224, 224)

with torch.inference_mode(mode == "eager"), torch.no_grad():
    if mode == "traced":
        model = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, images[:1])))
    for line in sys.stdin:
        line = line.strip()
        if line == "peak":
            with open("/proc/self/status") as file:
                answer = next(int(status.split()[1]) for status in file if status.startswith("VmHWM:")) / 1024
        elif line == "logit":
            answer = model(images[:1])[0, 0].item()
        else:
            start = time.perf_counter()
            model(images[:int(line)])
            answer = (time.perf_counter() - start) * 1000
        print(answer, flush=True)
