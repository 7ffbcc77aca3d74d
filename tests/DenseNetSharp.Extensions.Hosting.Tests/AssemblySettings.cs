// Services under load, waits that end by the clock, and listeners of the whole process's activities.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
