// Waits that end by the clock, and a browser.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
