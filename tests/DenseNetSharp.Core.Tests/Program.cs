using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests;

/// <summary>
/// What the tests run as a process of its own, because processes or their environment are what is tested: it gets the
/// test weights of an address into a folder, or resizes with whatever instructions the environment leaves it.
/// </summary>
internal static class Program
{
    public static void Main(string[] arguments)
    {
        if (arguments is ["resize"])
        {
            Console.WriteLine(Images.ResizeKernelTests.ResizeAll());
            return;
        }

        if (arguments is not ["get", var url, var folder])
        {
            throw new ArgumentException("usage: get URL FOLDER | resize; to run the tests, use dotnet test");
        }

        var options = new WeightsDownloadOptions { Directory = folder, Progress = new WaitingToConsole() };
        Console.WriteLine(Weights.TestWeights.At(new Uri(url)).GetFile(options));
    }

    private sealed class WaitingToConsole : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => Console.WriteLine(value.IsWaiting ? "waiting" : "downloading");
    }
}
