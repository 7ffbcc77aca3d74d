using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace DenseNetSharp.Tests;

/// <summary>
/// xunit's own, but where libtorch cannot be loaded, it says why and stops before the first test, which would fail like all others
/// for that one reason.
/// </summary>
public sealed class TorchTestFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName)
    {
        // The test host, Python and a compiler share the cores with libtorch.
        TorchThreads.LimitSpinning();
        try
        {
            TorchLibrary.Require();
        }
        catch (DllNotFoundException exception)
        {
            // The test host shows what a process that ends says, and fails; an exception it would repeat for every test.
            Console.Error.WriteLine(exception.Message);
            Environment.Exit(1);
        }

        return base.CreateExecutor(assemblyName);
    }
}
