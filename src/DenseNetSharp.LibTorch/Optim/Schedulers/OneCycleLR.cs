namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>
            /// Up to the greatest rate and down to almost nothing, the momentum the other way (Smith and Topin 2017).
            /// </summary>
            public static LRScheduler OneCycleLR(
                Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1,
                double pct_start = 0.3,
                impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos,
                bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95,
                double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false,
                int last_epoch = -1, bool verbose = false) =>
                new impl.OneCycleLR(
                    optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum,
                    base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);

            public static partial class impl
            {
                /// <summary>
                /// Up to the greatest rate and down to almost nothing, the momentum the other way (Smith and Topin
                /// 2017).
                /// </summary>
                public class OneCycleLR : LRScheduler
                {
                    private readonly Phase[] _phases;
                    private readonly bool _linear;
                    private readonly bool _cycleMomentum;
                    private readonly int _totalSteps;

                    /// <summary>Steps are batches, not epochs.</summary>
                    /// <exception cref="ArgumentException">
                    /// An option is out of range, or the optimizer has no momentum.
                    /// </exception>
                    public OneCycleLR(
                        Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1,
                        int steps_per_epoch = -1, double pct_start = 0.3,
                        AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true,
                        double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25,
                        double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1,
                        bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (cycle_momentum && optimizer is not (IMomentum or IBetas))
                        {
                            throw new ArgumentException(
                                "optimizer must support momentum with `cycle_momentum` option enabled");
                        }

                        if (pct_start is < 0 or > 1)
                        {
                            throw new ArgumentException(
                                $"Expected float between 0 and 1 for pct_start, but got {pct_start}");
                        }

                        _linear = anneal_strategy == AnnealStrategy.Linear;
                        _cycleMomentum = cycle_momentum;
                        _totalSteps = TotalSteps(total_steps, epochs, steps_per_epoch);
                        var (first, last) = (max_lr / div_factor, max_lr / div_factor / final_div_factor);
                        var top = (pct_start * _totalSteps) - 1;
                        Phase up = new(top, first, max_lr, max_momentum, base_momentum);
                        _phases = three_phase
                            ? [up, new((2 * pct_start * _totalSteps) - 2, max_lr, first, base_momentum, max_momentum),
                                new(_totalSteps - 1, first, last, max_momentum, max_momentum)]
                            : [up, new(_totalSteps - 1, max_lr, last, base_momentum, max_momentum)];
                        if (last_epoch == -1 && cycle_momentum)
                        {
                            SetMomentum(max_momentum);
                        }

                        step();
                    }

                    /// <summary>How to get from one rate to another.</summary>
                    public enum AnnealStrategy
                    {
                        /// <summary>Along half a cosine.</summary>
                        Cos,

                        /// <summary>In equal steps.</summary>
                        Linear,
                    }

                    /// <summary>The rates of the step after the current one.</summary>
                    /// <exception cref="InvalidOperationException">The cycle is over.</exception>
                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch > _totalSteps)
                        {
                            throw new InvalidOperationException($"Tried to step {_last_epoch + 1} times. " +
                                $"The specified number of total steps is {_totalSteps}");
                        }

                        var start = 0.0;
                        var (rate, momentum) = (0.0, 0.0);
                        foreach (var phase in _phases)
                        {
                            if (_last_epoch <= phase.End)
                            {
                                var part = (_last_epoch - start) / (phase.End - start);
                                rate = Between(phase.FromRate, phase.ToRate, part);
                                momentum = Between(phase.FromMomentum, phase.ToMomentum, part);
                                break;
                            }

                            start = phase.End;
                        }

                        if (_cycleMomentum)
                        {
                            SetMomentum(momentum);
                        }

                        return _base_lrs.Select(_ => rate);
                    }

                    private static int TotalSteps(int steps, int epochs, int stepsPerEpoch) =>
                        (steps, epochs, stepsPerEpoch) switch
                        {
                            (-1, -1, -1) => throw new ArgumentException(
                                "You must define either total_steps OR (epochs AND steps_per_epoch)"),
                            (-1, <= 0, _) => throw new ArgumentException(
                                $"Expected positive integer epochs, but got {epochs}"),
                            (-1, _, <= 0) => throw new ArgumentException(
                                $"Expected positive integer steps_per_epoch, but got {stepsPerEpoch}"),
                            (-1, _, _) => epochs * stepsPerEpoch,
                            ( <= 0, _, _) => throw new ArgumentException(
                                $"Expected positive integer total_steps, but got {steps}"),
                            _ => steps,
                        };

                    private double Between(double from, double to, double part) => _linear
                        ? ((to - from) * part) + from
                        : to + ((from - to) / 2.0 * (Math.Cos(Math.PI * part) + 1));

                    private void SetMomentum(double momentum)
                    {
                        foreach (var group in _optimizer.ParamGroups)
                        {
                            if (group is IBetas betas)
                            {
                                betas.Betas = (momentum, betas.Betas.Item2);
                            }
                            else if (group is IMomentum single)
                            {
                                single.Momentum = momentum;
                            }
                        }
                    }

                    private readonly record struct Phase(
                        double End, double FromRate, double ToRate, double FromMomentum, double ToMomentum);
                }
            }
        }
    }
}
