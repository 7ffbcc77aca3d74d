namespace TorchSharp.Modules;

/// <summary>Marks modules without parameters or buffers.</summary>
public interface IParameterLessModule
{
}

/// <summary>A module without parameters or buffers: nothing to move.</summary>
/// <typeparam name="T1">The argument.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
public abstract class ParameterLessModule<T1, TResult> : torch.nn.Module<T1, TResult>, IParameterLessModule
{
    /// <summary>A module of that name.</summary>
    protected ParameterLessModule(string name)
        : base(name)
    {
    }

    /// <summary>Refuses.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void register_buffer(string name, torch.Tensor tensor, bool persistent = true) =>
        throw new InvalidOperationException("Cannot register a buffer on a module that is declared 'parameter-less.'");

    /// <summary>Refuses.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void register_parameter(string name, Parameter param) =>
        throw new InvalidOperationException(
            "Cannot register a parameter on a module that is declared 'parameter-less.'");

    /// <summary>Adds a submodule that is without parameters too.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public override void register_module(string name, torch.nn.Module submodule)
    {
        if (submodule is not IParameterLessModule)
        {
            throw new InvalidOperationException("Submodules of a parameter-less module must also be parameter-less.");
        }

        base.register_module(name, submodule);
    }

    /// <summary>Does nothing.</summary>
    protected internal override torch.nn.Module _to(torch.Device device, torch.ScalarType dtype, bool non_blocking) =>
        this;

    /// <summary>Does nothing.</summary>
    protected internal override torch.nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    /// <summary>Does nothing.</summary>
    protected internal override torch.nn.Module _to(torch.ScalarType dtype, bool non_blocking) => this;
}
