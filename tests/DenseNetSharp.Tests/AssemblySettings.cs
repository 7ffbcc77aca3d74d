// The random generator, the thread count and the count of live tensors belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: TestFramework("DenseNetSharp.Tests.TorchTestFramework", "DenseNetSharp.Tests")]
