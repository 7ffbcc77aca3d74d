using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>A network's parameters, divided by how they are trained.</summary>
internal sealed class ParameterGroups
{
    private const string Features = "features";

    private readonly DenseNet _model;
    private readonly List<Group> _groups = [];

    private ParameterGroups(DenseNet model) => _model = model;

    private sealed record Group(TrainingStage Stage, bool Decays, List<Parameter> Parameters);

    /// <summary>Divides a network's parameters.</summary>
    /// <exception cref="ArgumentException">A stage names a module that the network does not have.</exception>
    public static ParameterGroups Of(DenseNet model, FineTuningOptions options)
    {
        var result = new ParameterGroups(model);
        string[] head = [.. model.named_children().Select(child => child.name).Where(name => name != Features)];
        var modules = model.NamedModules().Where(entry => entry.Name.Length > 0).ToArray();
        IReadOnlyList<TrainingStage> stages = options.Stages.Count > 0
            ? [.. options.Stages.Select(stage => stage with { Modules = [.. stage.Modules.SelectMany(Named)] })]
            : [new TrainingStage { Modules = [Features, .. head] }];
        Check(stages, [.. modules.Select(entry => entry.Name)]);
        foreach (var (name, module) in modules)
        {
            if (StageOf(name, stages) is { } stage)
            {
                foreach (var (parameterName, parameter) in module.named_parameters(recurse: false))
                {
                    var decays = options.Optimizer.DecayNormsAndBiases || (module is not NormBase && parameterName != "bias");
                    result.Add(stage, decays, parameter);
                }
            }
        }

        return result;

        // The classifier of a network whose head has another name is that head.
        IEnumerable<string> Named(string name) =>
            name == DenseNetHead.ClassifierName && head.Length > 0 && !head.Contains(name) ? head : [name];
    }

    /// <summary>Freezes what is not trained in an epoch, and nothing else.</summary>
    /// <returns>Whether the classifier alone is trained.</returns>
    public bool EnterEpoch(int epoch)
    {
        var trained = _groups.Where(group => group.Stage.FromEpoch <= epoch).SelectMany(group => group.Parameters).ToHashSet();
        foreach (var parameter in _model.parameters())
        {
            parameter.requires_grad = trained.Contains(parameter);
            if (!parameter.requires_grad)
            {
                parameter.grad = null;
            }
        }

        return trained.Count > 0 && trained.SetEquals(_model.Head.SelectMany(layer => layer.parameters()));
    }

    /// <summary>Whether anything is trained in an epoch.</summary>
    public bool TrainsIn(int epoch) => _groups.Exists(group => group.Stage.FromEpoch <= epoch);

    /// <summary>Makes the optimizer.</summary>
    /// <param name="settings">Which one.</param>
    /// <param name="changed">What it changes for a parameter of the network.</param>
    public optim.Optimizer CreateOptimizer(OptimizerSettings settings, Func<Parameter, Parameter> changed)
    {
        var (rate, momentum, beta2) = (settings.LearningRate, settings.Momentum, settings.Beta2);
        return settings.Kind switch
        {
            OptimizerKind.Sgd => new Foreach.SGD(
                _groups.Select(group => new SGD.ParamGroup(
                    Changed(group), rate, momentum, weight_decay: Decay(group), nesterov: settings.Nesterov)).ToArray(),
                rate, momentum, nesterov: settings.Nesterov),
            OptimizerKind.Adam => new Foreach.Adam(
                _groups.Select(group => new Adam.ParamGroup(
                    Changed(group), rate, momentum, beta2, weight_decay: Decay(group))).ToArray(), rate, momentum, beta2),
            OptimizerKind.AdamW => new Foreach.AdamW(
                _groups.Select(group => new AdamW.ParamGroup(
                    Changed(group), rate, momentum, beta2, weight_decay: Decay(group))).ToArray(), rate, momentum, beta2),
            _ => throw new ArgumentException($"There is no optimizer {settings.Kind}.", nameof(settings)),
        };

        Parameter[] Changed(Group group) => [.. group.Parameters.Select(changed)];

        double Decay(Group group) => group.Decays ? settings.WeightDecay : 0;
    }

    /// <summary>Sets an optimizer's learning rates, and its momentum where a schedule says so.</summary>
    public void Set(optim.Optimizer optimizer, double rate, double? momentum)
    {
        foreach (var (group, controller) in _groups.Zip(optimizer.ParamGroups))
        {
            controller.LearningRate = rate * group.Stage.LearningRateFactor;
            switch (controller)
            {
                case optim.IMomentum sgd when momentum is { } value:
                    sgd.Momentum = value;
                    break;
                case optim.IBetas adam when momentum is { } value:
                    adam.Betas = (value, adam.Betas.Item2);
                    break;
            }
        }
    }

    private static TrainingStage? StageOf(string module, IReadOnlyList<TrainingStage> stages) => stages
        .SelectMany(stage => stage.Modules.Select(name => (Stage: stage, Name: name)))
        .Where(entry => module == entry.Name || module.StartsWith($"{entry.Name}.", StringComparison.Ordinal))
        .OrderByDescending(entry => entry.Name.Length)
        .Select(entry => entry.Stage)
        .FirstOrDefault();

    private static void Check(IReadOnlyList<TrainingStage> stages, HashSet<string> modules)
    {
        var named = new HashSet<string>();
        foreach (var name in stages.SelectMany(stage => stage.Modules))
        {
            ModuleExtensions.RequireModule(name, modules, parameter: null);
            if (!named.Add(name))
            {
                throw new ArgumentException($"Two stages name the module '{name}'.");
            }
        }
    }

    private void Add(TrainingStage stage, bool decays, Parameter parameter)
    {
        var group = _groups.Find(group => ReferenceEquals(group.Stage, stage) && group.Decays == decays);
        if (group is null)
        {
            group = new Group(stage, decays, []);
            _groups.Add(group);
        }

        group.Parameters.Add(parameter);
    }
}
