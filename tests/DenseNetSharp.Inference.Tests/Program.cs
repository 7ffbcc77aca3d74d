namespace DenseNetSharp.Inference.Tests;

internal static class Program
{
    public static void Main(string[] arguments) => throw new ArgumentException("to run the tests, use dotnet test");
}
