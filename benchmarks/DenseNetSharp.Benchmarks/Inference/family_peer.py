"""PyTorch's side of the benchmark of networks that torchvision does not have; the networks are those of the tests' family.py.

family_peer.py export MODEL SIDE COUNT FOLDER    writes MODEL.pth, MODEL.onnx and images.bin, COUNT random images of SIDE x SIDE
                                                 (their side: side.txt)
family_peer.py eager|traced FOLDER MODEL THREADS
    answers each line: a number of images with the milliseconds that they take, "logit" with the first image's first logit
"""
import sys
import time

import torch

import family

mode = sys.argv[1]

if mode == "export":
    _, _, name, side, count, folder = sys.argv
    side, count = int(side), int(count)
    model = family.random_network(family.PUBLISHED[name], (side, side), seed=0)
    images = torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(1))
    torch.save(model.state_dict(), f"{folder}/{name}.pth")
    images.numpy().tofile(f"{folder}/images.bin")
    with open(f"{folder}/side.txt", "w") as file:
        file.write(str(side))
    torch.onnx.export(
        model, images[:1], f"{folder}/{name}.onnx", opset_version=17, input_names=["images"], output_names=["logits"],
        dynamic_axes={"images": {0: "n"}, "logits": {0: "n"}})
    sys.exit()

_, _, folder, name, threads = sys.argv
torch.set_num_threads(int(threads))
model = family.Family(**family.PUBLISHED[name])
model.load_state_dict(torch.load(f"{folder}/{name}.pth"))
model.eval()
with open(f"{folder}/side.txt") as file:
    side = int(file.read())
images = torch.frombuffer(bytearray(open(f"{folder}/images.bin", "rb").read()), dtype=torch.float32).view(-1, 3, side, side)

with torch.inference_mode(mode == "eager"), torch.no_grad():
    if mode == "traced":
        model = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, images[:1])))
    for line in sys.stdin:
        line = line.strip()
        if line == "logit":
            answer = model(images[:1])[0, 0].item()
        else:
            start = time.perf_counter()
            model(images[:int(line)])
            answer = (time.perf_counter() - start) * 1000
        print(answer, flush=True)
