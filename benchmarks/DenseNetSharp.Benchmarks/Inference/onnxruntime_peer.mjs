// ONNX Runtime's side of the inference benchmark: onnxruntime_peer.mjs MODULES FOLDER MODEL THREADS
// Answers each line: a number of images with the milliseconds that they take, "logit" with the first image's first logit,
// "peak" with the peak of resident memory in MiB, "callers N SECONDS" with the median and the 99th percentile of the
// milliseconds that N callers at the same time wait for one image each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [modules, folder, model, threads] = process.argv.slice(2);
const ort = createRequire(`${modules}/`)("onnxruntime-node");
const session = await ort.InferenceSession.create(`${folder}/${model}.onnx`, {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
});
const bytes = readFileSync(`${folder}/images.bin`);
const pixels = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const images = n => new ort.Tensor("float32", pixels.subarray(0, n * 3 * 224 * 224), [n, 3, 224, 224]);

async function run(n) {
    const start = performance.now();
    const { logits } = await session.run({ images: images(n) });
    return [performance.now() - start, logits];
}

async function callers(count, seconds) {
    const waits = [];
    const end = performance.now() + seconds * 1000;
    await Promise.all(Array.from({ length: count }, async () => {
        while (performance.now() < end) {
            waits.push((await run(1))[0]);
        }
    }));
    waits.sort((a, b) => a - b);
    const at = part => waits[Math.min(waits.length - 1, Math.floor(waits.length * part))];
    return `${at(0.5)} ${at(0.99)} ${waits.length}`;
}

for await (const line of createInterface({ input: process.stdin })) {
    if (line === "peak") {
        console.log(Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024);
    } else if (line === "logit") {
        console.log((await run(1))[1].data[0]);
    } else if (line.startsWith("callers ")) {
        const [, count, seconds] = line.split(" ");
        console.log(await callers(Number(count), Number(seconds)));
    } else {
        console.log((await run(Number(line)))[0]);
    }
}
