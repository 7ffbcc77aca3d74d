// The random generator, the thread count and the count of tensors are the process's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
