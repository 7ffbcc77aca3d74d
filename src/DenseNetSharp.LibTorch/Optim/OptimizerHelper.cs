using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>What optimizers have in common: state, files, and the frame of a step.</summary>
public abstract class OptimizerHelper : Optimizer
{
    /// <summary>The options of groups that set none.</summary>
    protected OptimizerOptions _defaults = null!;

    /// <summary>What is remembered of each parameter, by its handle.</summary>
    protected OrderedDict<nint, OptimizerState> _state = new();

    /// <summary>Without parameters yet.</summary>
    public OptimizerHelper()
    {
    }

    /// <summary>The options and what is remembered, not copied.</summary>
    public virtual StateDictionary state_dict()
    {
        var result = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            result.Options.Add(group.Options);
            var places = new List<int>();
            result.StateIndexRef.Add(places);
            foreach (var parameter in group.Parameters)
            {
                places.Add(result.State.Count);
                result.State.Add(_state[parameter.Handle]);
            }
        }

        return result;
    }

    /// <summary>Takes over options and a copy of what is remembered.</summary>
    /// <exception cref="ArgumentException">The groups or parameters differ in number.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        Check(own, state_dict.Options.Count, state_dict.State.Count);
        foreach (var (options, source) in own.Options.Zip(state_dict.Options))
        {
            if (!ReferenceEquals(options, source))
            {
                options.LoadStateDict(source);
            }
        }

        foreach (var (state, source) in own.State.Zip(state_dict.State))
        {
            if (!ReferenceEquals(state, source))
            {
                state.LoadStateDict(source);
            }
        }
    }

    /// <summary>Writes the state to a file.</summary>
    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location));
        save_state_dict(writer);
    }

    /// <summary>Writes the state.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        writer.Write(GetType().Name);
        var own = state_dict();
        writer.Encode(own.Options.Count);
        writer.Encode(own.State.Count);
        own.Options.ForEach(options => options.SaveStateDict(writer));
        own.State.ForEach(state => state.SaveStateDict(writer));
        writer.Flush();
    }

    /// <summary>Reads the state from a file.</summary>
    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        load_state_dict(reader);
    }

    /// <summary>Reads the state.</summary>
    /// <exception cref="InvalidDataException">It is another optimizer's.</exception>
    /// <exception cref="ArgumentException">The groups or parameters differ in number.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        var name = reader.ReadString();
        if (name != GetType().Name)
        {
            throw new InvalidDataException(
                $"Mismatched optimizer type: expected '{GetType().Name}', but found '{name}' in the loaded stream.");
        }

        var own = state_dict();
        Check(own, reader.Decode(), reader.Decode());
        own.Options.ForEach(options => options.LoadStateDict(reader));
        own.State.ForEach(state => state.LoadStateDict(reader));
    }

    /// <summary>Moves what is remembered to a device.</summary>
    public void to(Device device)
    {
        foreach (var state in state_dict().State)
        {
            state.to(device);
        }
    }

    /// <summary>Sets all gradients to zero.</summary>
    public override void zero_grad() => base.zero_grad();

    /// <summary>All parameters.</summary>
    public override IEnumerable<Parameter> parameters() => base.parameters();

    /// <summary>Adds parameters with options of their own.</summary>
    public override void add_param_group(ParamGroup param_group) => base.add_param_group(param_group);

    /// <summary>Runs the closure, then changes each group of parameters outside the graph.</summary>
    protected Tensor _step<T>(Action<T> body, Func<Tensor>? loss_closure = null)
        where T : ParamGroup
    {
        Tensor? loss = null;
        if (loss_closure is not null)
        {
            using var graph = enable_grad();
            loss = loss_closure();
        }

        using var mode = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in _parameter_groups)
        {
            body((T)group);
        }

        return loss!;
    }

    private static void Check(StateDictionary own, long options, long states)
    {
        if (options != own.Options.Count)
        {
            throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
        }

        if (states != own.State.Count)
        {
            throw new ArgumentException("Invalid optimizer state -- different number of states.");
        }
    }
}

/// <summary>Options of a group of parameters.</summary>
public class OptimizerOptions
{
    /// <summary>The learning rate now; null takes the optimizer's.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The learning rate at the start.</summary>
    public double InitialLearningRate { get; set; }

    /// <summary>Writes the options.</summary>
    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(InitialLearningRate);
        writer.Write(LearningRate!.Value);
    }

    /// <summary>Reads the options.</summary>
    public virtual void LoadStateDict(BinaryReader reader)
    {
        InitialLearningRate = reader.ReadDouble();
        LearningRate = reader.ReadDouble();
    }

    /// <summary>Takes over the options.</summary>
    public virtual void LoadStateDict(OptimizerOptions source)
    {
        InitialLearningRate = source.InitialLearningRate;
        LearningRate = source.LearningRate;
    }
}

/// <summary>What an optimizer remembers of one parameter.</summary>
public abstract class OptimizerState
{
    /// <summary>The parameter.</summary>
    protected Parameter _parameter;

    /// <summary>For a parameter.</summary>
    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    /// <summary>Writes what is remembered.</summary>
    public abstract void SaveStateDict(BinaryWriter writer);

    /// <summary>Reads what is remembered.</summary>
    public abstract void LoadStateDict(BinaryReader reader);

    /// <summary>Copies what is remembered.</summary>
    public abstract void LoadStateDict(OptimizerState source);

    /// <summary>Starts anew.</summary>
    public abstract void Initialize(OptimizerOptions options);

    /// <summary>Whether the other remembers about the same.</summary>
    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    /// <summary>Moves to a device.</summary>
    public virtual void to(Device device)
    {
    }

    /// <summary>Reads a tensor that may be missing.</summary>
    protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor? result, Device device)
    {
        if (!reader.ReadBoolean())
        {
            result?.Dispose();
            result = null;
            return;
        }

        TensorExtensionMethods.Load(ref result, reader);
        if (result!.device_type != device.type)
        {
            result = result.to(device, disposeAfter: true);
        }

        result.DetachFromDisposeScope();
    }

    /// <summary>Writes a tensor that may be missing.</summary>
    protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor? tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    // A copy that lives as long as the optimizer.
    private protected Tensor? Copy(Tensor? source) =>
        source?.to(_parameter.device, copy: true).DetachFromDisposeScope();
}

/// <summary>Parameters and their options.</summary>
public class ParamGroup : ILearningRateController
{
    /// <summary>The parameters.</summary>
    public IEnumerable<Parameter> Parameters { get; set; } = [];

    /// <summary>Their options; null takes the optimizer's.</summary>
    public OptimizerOptions Options { get; set; } = null!;

    /// <summary>The learning rate now.</summary>
    public double LearningRate
    {
        get => Options.LearningRate!.Value;
        set => Options.LearningRate = value;
    }

    /// <summary>The learning rate at the start.</summary>
    public double InitialLearningRate
    {
        get => Options.InitialLearningRate;
        set => Options.InitialLearningRate = value;
    }
}

/// <summary>Parameters and their options, of a kind.</summary>
/// <typeparam name="TOptions">The type of the options.</typeparam>
public class ParamGroup<TOptions> : ParamGroup
    where TOptions : OptimizerOptions
{
    /// <summary>No parameters yet.</summary>
    public ParamGroup()
    {
    }

    /// <summary>Parameters and their options.</summary>
    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        base.Options = options!;
    }

    /// <summary>Their options; null takes the optimizer's.</summary>
    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}
