namespace TorchSharp;

/// <summary>PyTorch's functions, classes and namespaces, under PyTorch's names.</summary>
public static partial class torch
{
}
