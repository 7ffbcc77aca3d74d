namespace DenseNetSharp.Tests;

public sealed class ExplainReference() : ReferenceFiles("explain.py");
