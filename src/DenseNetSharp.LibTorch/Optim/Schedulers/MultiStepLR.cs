namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>The rate times a factor at given epochs.</summary>
            public static LRScheduler MultiStepLR(
                Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1,
                bool verbose = false) =>
                new impl.MultiStepLR(optimizer, milestones, gamma, last_epoch, verbose);

            /// <summary>The schedulers' classes.</summary>
            public static partial class impl
            {
                /// <summary>The rate times a factor at given epochs.</summary>
                public class MultiStepLR : LRScheduler
                {
                    private readonly IList<int> _milestones;
                    private readonly double _gamma;

                    /// <summary>The rate times a factor at given epochs.</summary>
                    public MultiStepLR(
                Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1,
                bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _milestones = milestones;
                        _gamma = gamma;
                        step();
                    }

                    /// <summary>The rates of the epoch after the current one.</summary>
                    protected override IEnumerable<double> get_lr() => _milestones.Contains(_last_epoch)
                        ? Rates.Select(rate => rate * _gamma)
                        : Rates;

                    /// <summary>The rates of any epoch.</summary>
                    protected override IEnumerable<double> get_closed_form_lr() =>
                        _base_lrs.Select(rate =>
                            rate * Math.Pow(_gamma, _milestones.Distinct().Count(epoch => epoch <= _last_epoch)));
                }
            }
        }
    }
}
