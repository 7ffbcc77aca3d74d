using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A normalisation with running statistics.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(running_mean))]
    private Tensor? _running_mean;

    [ComponentName(Name = nameof(running_var))]
    private Tensor? _running_var;

    [ComponentName(Name = nameof(num_batches_tracked))]
    private Tensor? _num_batches_tracked;

    /// <summary>Ones for weights and variances, zeros for the rest.</summary>
    public NormBase(
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats,
        Device? device, ScalarType? dtype, string name)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = nn.Parameter(ones(num_features, dtype, device));
            bias = nn.Parameter(zeros(num_features, dtype, device));
        }

        if (track_running_stats)
        {
            running_mean = zeros(num_features, dtype, device);
            running_var = ones(num_features, dtype, device);
            num_batches_tracked = tensor(0L, dtype, device);
        }
    }

    /// <summary>The number of channels.</summary>
    public long num_features { get; private set; }

    /// <summary>What is added to the variance.</summary>
    public double eps { get; set; }

    /// <summary>How much of the running statistics each batch replaces; null averages over all batches.</summary>
    public double? momentum { get; set; }

    /// <summary>Whether there are weights and biases.</summary>
    public bool affine { get; private set; }

    /// <summary>Whether there are running statistics.</summary>
    public bool track_running_stats { get; private set; }

    /// <summary>What is added to each channel, or null. Setting it disposes the old one.</summary>
    public Parameter? bias
    {
        get => _bias;
        set
        {
            _bias?.Dispose();
            _bias = value?.DetachFromDisposeScope() as Parameter;
            ConditionallyRegisterParameter(nameof(bias), _bias);
        }
    }

    /// <summary>What each channel is multiplied by. Setting it disposes the old one.</summary>
    public Parameter weight
    {
        get => _weight!;
        set
        {
            if (value.Handle != _weight?.Handle)
            {
                _weight?.Dispose();
                _weight = (Parameter)value.DetachFromDisposeScope();
                ConditionallyRegisterParameter(nameof(weight), _weight);
            }
        }
    }

    /// <summary>The running mean, or null. Setting it disposes the old one.</summary>
    public Tensor? running_mean
    {
        get => _running_mean;
        set => Set(ref _running_mean, value, nameof(running_mean));
    }

    /// <summary>The running variance, or null. Setting it disposes the old one.</summary>
    public Tensor? running_var
    {
        get => _running_var;
        set => Set(ref _running_var, value, nameof(running_var));
    }

    /// <summary>How many batches the statistics are from, or null. Setting it disposes the old one.</summary>
    public Tensor? num_batches_tracked
    {
        get => _num_batches_tracked;
        set => Set(ref _num_batches_tracked, value, nameof(num_batches_tracked));
    }

    /// <summary>Forgets the running statistics.</summary>
    public void reset_running_stats()
    {
        if (track_running_stats)
        {
            nn.init.zeros_(running_mean!);
            nn.init.ones_(running_var!);
            nn.init.zeros_(num_batches_tracked!);
        }
    }

    /// <summary>Starts anew: statistics, weights and biases.</summary>
    public void reset_parameters()
    {
        reset_running_stats();
        if (affine)
        {
            nn.init.ones_(weight);
            nn.init.zeros_(bias!);
        }
    }

    /// <summary>Refuses arguments of the wrong shape.</summary>
    protected abstract void ValidateInputDimensions(Tensor input);

    /// <summary>Disposes the tensors.</summary>
    protected override void Dispose(bool disposing) => base.Dispose(disposing);

    /// <summary>Moves to a device and an element type.</summary>
    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) =>
        Move(dtype, device);

    /// <summary>Moves to a device.</summary>
    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
        Move(null, new Device(deviceType, deviceIndex));

    /// <summary>Changes the element type.</summary>
    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => Move(dtype, null);

    private NormBase Move(ScalarType? dtype, Device? device)
    {
        if (_weight is not null && ReplaceParameter(dtype, device, _weight, out var newWeight))
        {
            weight = newWeight!;
        }

        if (_bias is not null && ReplaceParameter(dtype, device, _bias, out var newBias))
        {
            bias = newBias;
        }

        if (_running_mean is not null && ReplaceBuffer(dtype, device, _running_mean, out var mean))
        {
            running_mean = mean;
        }

        if (_running_var is not null && ReplaceBuffer(dtype, device, _running_var, out var variance))
        {
            running_var = variance;
        }

        if (_num_batches_tracked is not null && ReplaceBuffer(dtype, device, _num_batches_tracked, out var count))
        {
            num_batches_tracked = count;
        }

        return this;
    }

    private void Set(ref Tensor? field, Tensor? value, string name)
    {
        field?.Dispose();
        field = value?.DetachFromDisposeScope();
        ConditionallyRegisterBuffer(name, field);
    }
}
