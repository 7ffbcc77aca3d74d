"""torchvision's side of the benchmark. Reads one job a line, does it once, answers with its milliseconds:

MODEL BATCH SIZE forward | training | efficient-training. "peak" answers with the peak resident memory in MiB.
"""
import resource
import sys
import time

import torch
import torchvision

torch.set_num_threads(int(sys.argv[1]))
jobs = {}


def prepare(name, batch, size, job):
    torch.manual_seed(0)
    model = torchvision.models.get_model(name, memory_efficient=job == "efficient-training")
    x = torch.randn(batch, 3, size, size)
    if job == "forward":
        model.eval()

        def run():
            with torch.no_grad():
                model(x)
        return run

    y = torch.randint(0, 1000, (batch,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def run():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return run


for line in sys.stdin:
    if line.strip() == "peak":
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
        continue
    name, batch, size, job = line.split()
    if line not in jobs:
        jobs.clear()
        jobs[line] = prepare(name, int(batch), int(size), job)
    start = time.perf_counter()
    jobs[line]()
    print((time.perf_counter() - start) * 1000, flush=True)
